"""Counting requests: an application has so many in a minute and in an hour, in each tenant."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Case, F, Q, Value, When

from tidegate.core import clock
from tidegate.core.light import light_transaction
from tidegate.feeds.errors import Throttled
from tidegate.feeds.limits import Limit
from tidegate.feeds.models import Allowance
from tidegate.feeds.words import Family

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


def admit(tenant_id: uuid.UUID, client_id: uuid.UUID, family: Family) -> None:
    """Count one request of an application. Raises Throttled where it has none left; that is not counted.

    Exact over any number of processes: to count and to compare with the limit is one statement. Windows
    begin with each minute and each hour of the clock. What was counted last may be lost with the power.
    """
    limit: Limit = settings.RATE_LIMITS[family]
    if not limit.per_minute and not limit.per_hour:
        return
    now = clock.now()
    if _count(tenant_id, client_id, family, limit, now):
        return
    key = {"tenant_id": tenant_id, "client_id": client_id, "family": family}
    with light_transaction():
        empty = Allowance(**key, minute_at=_minute_of(now), hour_at=_hour_of(now))
        Allowance.objects.bulk_create([empty], ignore_conflicts=True)
    if not _count(tenant_id, client_id, family, limit, now):
        raise Throttled(_wait(tenant_id, client_id, family, limit, now))


def _count(tenant_id: uuid.UUID, client_id: uuid.UUID, family: Family, limit: Limit, now: datetime) -> bool:
    minute, hour = _minute_of(now), _hour_of(now)
    free = Q(minute_at__lt=minute) | Q(minute_count__lt=limit.per_minute or 2**31)
    free &= Q(hour_at__lt=hour) | Q(hour_count__lt=limit.per_hour or 2**31)
    with light_transaction():
        rows = Allowance.objects.of_tenant(tenant_id).filter(free, client_id=client_id, family=family)
        return (
            rows.update(
                minute_count=Case(When(minute_at__lt=minute, then=Value(1)), default=F("minute_count") + 1),
                hour_count=Case(When(hour_at__lt=hour, then=Value(1)), default=F("hour_count") + 1),
                # A process whose clock is behind counts in the window that the others are in already.
                minute_at=Case(When(minute_at__lt=minute, then=Value(minute)), default=F("minute_at")),
                hour_at=Case(When(hour_at__lt=hour, then=Value(hour)), default=F("hour_at")),
            )
            == 1
        )


def _wait(tenant_id: uuid.UUID, client_id: uuid.UUID, family: Family, limit: Limit, now: datetime) -> int:
    """Whole seconds until the window that is full is over."""
    row = Allowance.objects.of_tenant(tenant_id).get(client_id=client_id, family=family)
    full_hour = limit.per_hour and row.hour_count >= limit.per_hour
    over = row.hour_at + _HOUR if full_hour else row.minute_at + _MINUTE
    return max(1, -int((now - over) // timedelta(seconds=1)))


def _minute_of(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
