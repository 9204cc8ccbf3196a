"""Where a thing was seen: indicators of alerts, in one tenant or in several. All of it through a Scope."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core.scoped import ScopedQuerySet
from tidegate.devices.visibility import hidden_devices
from tidegate.incidents.indicators import normalize, readings_of
from tidegate.incidents.models import Evidence, Indicator, IndicatorKind
from tidegate.incidents.search_engine import has_part
from tidegate.incidents.visibility import seen_alerts
from tidegate.incidents.words import Severity

TENANTS_AT_MOST: Final = 1_000
# They are numbered from one; no technique has a quarter as many.
_SUB_TECHNIQUES: Final = range(1, 100)
# Of these a part is enough; of a hash or an address only the whole tells anything.
_FOUND_BY_PART: Final = (IndicatorKind.URL, IndicatorKind.DOMAIN, IndicatorKind.FILE)


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that alerts of one tenant name, how many of them, and when one did last."""

    tenant_id: uuid.UUID
    kind: IndicatorKind
    value: str
    alerts: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """A thing in one tenant: how many alerts name it, from when to when, and the worst of them."""

    tenant_id: uuid.UUID
    alerts: int
    first_at: datetime
    last_at: datetime
    severity: Severity


def seen_indicators(scope: Scope | ManyScope) -> ScopedQuerySet[Indicator]:
    """Every indicator of alerts that may be seen, but for those about hidden devices.

    One that says of no device is left out where its alert names a hidden one, since it may be that one's;
    a technique is the alert's own. Asks for no permission: its callers do.
    """
    rows: ScopedQuerySet[Indicator] = Indicator.objects.in_scope(scope)
    if not scope.sight.hides:
        return rows
    alerts = seen_alerts(scope).filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("alert_id"))
    about = hidden_devices(scope).filter(tenant_id=OuterRef("tenant_id"), key=OuterRef("device_key"))
    beside = Evidence.objects.in_scope(scope).filter(
        scope.sight.hidden("device__device_group_id"),
        tenant_id=OuterRef("tenant_id"),
        alert_id=OuterRef("alert_id"),
    )
    is_alone = Q(kind=IndicatorKind.TECHNIQUE) | ~Q(device_key="") | ~Exists(beside)
    return rows.filter(Exists(alerts), ~Exists(about), is_alone)


def find_named(scope: Scope | ManyScope, text: str, at_most: int) -> list[Named]:
    """Things that are called exactly so, by tenant, seen last first. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    return _group(naming(scope, text), at_most)


def find_partly_named(scope: Scope | ManyScope, text: str, at_most: int) -> list[Named]:
    """Addresses and files with this in their name, by tenant, seen last first. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    plain = normalize(text)
    if not plain:
        return []
    return _group(seen_indicators(scope).filter(has_part("value", plain), kind__in=_FOUND_BY_PART), at_most)


def find_alerts_naming(
    scope: Scope | ManyScope, text: str, at_most: int
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Tenant and id of alerts that name exactly this, seen last first. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    rows = naming(scope, text).values("tenant_id", "alert_id").annotate(last=Max("seen_at"))
    rows = rows.order_by("-last", "alert_id")[:at_most]
    return [(row["tenant_id"], row["alert_id"]) for row in rows]


def find_sightings(scope: Scope | ManyScope, text: str) -> list[Sighting]:
    """In which tenants of the scope a thing was seen, seen last first. One statement. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    rows = (
        naming(scope, text)
        .values("tenant_id")
        .annotate(
            alerts=Count("alert_id", distinct=True),
            first_at=Min("seen_at"),
            last_at=Max("seen_at"),
            severity=Max("alert__severity"),
        )
        .order_by("-last_at", "tenant_id")
    )
    return [
        Sighting(row["tenant_id"], row["alerts"], row["first_at"], row["last_at"], Severity(row["severity"]))
        for row in rows[:TENANTS_AT_MOST]
    ]


def naming(scope: Scope | ManyScope, text: str) -> QuerySet[Indicator]:
    """The indicators that are exactly this, whatever kind it may be; a technique's own too.

    `T1059` is also `T1059.001` (MITRE ATT&CK, "Sub-techniques"), and not the other way round.
    """
    readings = readings_of(text)
    rows = seen_indicators(scope)
    return rows.filter(_any_of(readings)) if readings else rows.none()


def _any_of(readings: Iterable[tuple[IndicatorKind, str]]) -> Q:
    # By value, so that each is one look at an index.
    kinds: dict[str, list[IndicatorKind]] = {}
    condition = Q()
    for kind, value in readings:
        kinds.setdefault(value, []).append(kind)
        if kind == IndicatorKind.TECHNIQUE and "." not in value:
            condition |= Q(kind=kind, value__in=[f"{value}.{number:03}" for number in _SUB_TECHNIQUES])
    for value, some in kinds.items():
        condition |= Q(kind__in=some, value=value)
    return condition


def _group(rows: QuerySet[Indicator], at_most: int) -> list[Named]:
    grouped = rows.values("tenant_id", "kind", "value").annotate(
        alerts=Count("alert_id", distinct=True), last_at=Max("seen_at")
    )
    found = grouped.order_by("-last_at", "tenant_id", "kind", "value")[:at_most]
    return [
        Named(row["tenant_id"], IndicatorKind(row["kind"]), row["value"], row["alerts"], row["last_at"])
        for row in found
    ]
