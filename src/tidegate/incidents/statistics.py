"""The numbers behind the overview: counted by the database, for what a Scope may read."""

import statistics
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import OPEN_INCIDENT, Severity

type BySeverity = dict[Severity, int]

AGES: Final[tuple[timedelta, ...]] = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=24),
    timedelta(days=3),
    timedelta(days=7),
)
"""The upper ends of the groups of `count_open_by_age`; a last group has none."""


@dataclass(frozen=True, slots=True)
class Unowned:
    """High incidents that nobody has taken: how many, and since when the oldest waits."""

    number: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds to acknowledge and to resolve, of the incidents of one day or of a whole span."""

    acknowledge: tuple[float, ...]
    resolve: tuple[float, ...]


def count_alerts_by_day(
    scope: Scope | ManyScope, since: datetime, until: datetime | None = None
) -> dict[date, BySeverity]:
    """Alerts made since then (and before `until`), by day in the reader's time zone and by severity."""
    require(scope, Permission.ALERT_READ)
    rows = seen_alerts(scope).filter(created_at__gte=since)
    if until is not None:
        rows = rows.filter(created_at__lt=until)
    days = TruncDate("created_at", tzinfo=timezone.get_current_timezone())
    counted = rows.values("severity", day=days).annotate(total=Count("id")).order_by("day")
    result: dict[date, BySeverity] = {}
    for row in counted:
        result.setdefault(row["day"], {})[Severity(row["severity"])] = row["total"]
    return result


def count_open_by_age(scope: Scope | ManyScope, now: datetime) -> list[BySeverity]:
    """Open incidents by age: one group for each of `AGES`, and one for all older ones."""
    require(scope, Permission.INCIDENT_READ)
    ends = [now - age for age in AGES]
    bounds = [Q(created_at__gt=ends[0])]
    bounds += [Q(created_at__lte=newer, created_at__gt=older) for newer, older in pairwise(ends)]
    bounds.append(Q(created_at__lte=ends[-1]))
    sums = {f"group_{place}": Count("id", filter=bound) for place, bound in enumerate(bounds)}
    rows = seen_incidents(scope).filter(status__in=OPEN_INCIDENT)
    groups: list[BySeverity] = [{} for _ in bounds]
    fields = ["severity", *sums]
    for severity, *numbers in rows.values("severity").annotate(**sums).order_by().values_list(*fields):
        for group, number in zip(groups, numbers, strict=True):
            group[Severity(severity)] = number
    return groups


def count_open_by_category(scope: Scope | ManyScope, most: int) -> list[tuple[str, BySeverity]]:
    """Open incidents by category, the largest first; those without a category under an empty name."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(status__in=OPEN_INCIDENT)
    result: dict[str, BySeverity] = {}
    for row in rows.values("category", "severity").annotate(total=Count("id")).order_by():
        result.setdefault(row["category"], {})[Severity(row["severity"])] = row["total"]
    return sorted(result.items(), key=lambda item: -sum(item[1].values()))[:most]


def find_unowned(scope: Scope | ManyScope) -> Unowned:
    """Open High incidents without an owner."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(status__in=OPEN_INCIDENT, severity=Severity.HIGH, assigned_to="")
    found = rows.aggregate(number_open=Count("id"), oldest=Min("created_at"))
    return Unowned(found["number_open"], found["oldest"])


def measure_times(scope: Scope | ManyScope, since: datetime) -> dict[date, Times]:
    """How long incidents made since then took, by the day they were made, in the reader's time zone."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(created_at__gte=since)
    done = rows.filter(Q(acknowledged_at__isnull=False) | Q(resolved_at__isnull=False))
    by_day: dict[date, tuple[list[float], list[float]]] = {}
    for made, acknowledged, resolved in done.values_list("created_at", "acknowledged_at", "resolved_at"):
        acknowledge, resolve = by_day.setdefault(timezone.localtime(made).date(), ([], []))
        acknowledge += _seconds(made, acknowledged)
        resolve += _seconds(made, resolved)
    return {day: Times(tuple(a), tuple(r)) for day, (a, r) in by_day.items()}


def median(values: Sequence[float]) -> float | None:
    """The middle value; None of none."""
    return statistics.median(values) if values else None


def percentile_90(values: Sequence[float]) -> float | None:
    """The value that nine of ten stay within; None of none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 9 // 10) - 1)] if ordered else None


def last_alerts(scope: ManyScope, tenant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of these tenants had its last alert, of those in scope."""
    require(scope, Permission.INCIDENT_READ)
    rows = (
        seen_incidents(scope)
        .filter(tenant_id__in=tenant_ids)
        .values("tenant_id")
        .annotate(last=Max("last_activity_at"))
    )
    return {row["tenant_id"]: row["last"] for row in rows.order_by()}


def oldest_unassigned(scope: ManyScope, tenant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Since when the longest waiting open incident of each of these tenants in scope has no owner."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(tenant_id__in=tenant_ids, status__in=OPEN_INCIDENT, assigned_to="")
    counted = rows.values("tenant_id").annotate(oldest=Min("created_at")).order_by()
    return {row["tenant_id"]: row["oldest"] for row in counted}


def count_open_at(scope: Scope | ManyScope, moment: datetime) -> int:
    """How many incidents were open at an earlier moment, as far as their dates tell."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(created_at__lte=moment)
    still_open = Q(status__in=OPEN_INCIDENT) | Q(resolved_at__gt=moment)
    return rows.filter(still_open).count()


def _seconds(start: datetime, end: datetime | None) -> Iterable[float]:
    return [] if end is None or end < start else [(end - start).total_seconds()]
