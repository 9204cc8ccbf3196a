"""Calendars of rotas are fetched, again and again; one that cannot be had leaves the last that could."""

from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from tidegate.audit.actions import clean_text
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.outbound import OutboundFailed, send
from tidegate.core.sealing import unseal
from tidegate.notifications.calendars import LARGEST, check_calendar
from tidegate.notifications.models import OnCallRota
from tidegate.notifications.sealed import CALENDAR

EVERY: Final = timedelta(minutes=15)


def fetch_next_calendar() -> bool:
    """Fetch the calendar that is due next; whether there was one."""
    rows = OnCallRota.objects.across_tenants().filter(fetch_at__lte=clock.now())
    if not rows.exists():
        return False
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        rota = rows.order_by("fetch_at").first()
        if rota is None:
            return False
        rota.fetch_at = clock.now() + EVERY
        rota.save(update_fields=["fetch_at"])
    _fetch(rota)
    return True


def _fetch(rota: OnCallRota) -> None:
    # Only if it is the same calendar still: it may have been changed while we waited.
    own = OnCallRota.objects.of_tenant(rota.tenant_id).filter(
        id=rota.id, sealed_calendar_address=rota.sealed_calendar_address
    )
    try:
        answer = send("GET", unseal(rota.sealed_calendar_address, CALENDAR), largest=LARGEST)
        if not answer.is_success:
            own.update(fetch_failure=f"HTTP {answer.status}")
            return
        text = clean_text(answer.body.decode("utf-8", errors="replace"))
        check_calendar(text, rota.time_zone)
    except (OutboundFailed, InvalidInput) as error:
        own.update(fetch_failure=error.message[:512])
        return
    own.update(calendar=text, fetched_at=clock.now(), fetch_failure="")
