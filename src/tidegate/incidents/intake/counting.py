"""What an incident says of its alerts, counted anew on write so that lists need no counting."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery

from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, Prepared
from tidegate.incidents.clocks.keeping import keep_clocks
from tidegate.incidents.clocks.waits import settle_waits
from tidegate.incidents.counters.keeping import counting
from tidegate.incidents.models import Alert, Evidence, Incident
from tidegate.incidents.words import OPEN_ALERT, IncidentStatus

COUNTED: Final = (
    "alert_count", "device_count", "identity_count", "first_activity_at", "last_activity_at",
    "category", "display_name", "severity", "status", "resolved_at", "redirect_external_id",
    "last_update_at", "waits",
)  # fmt: skip
"""The fields that counting changes."""

type Things = tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]
"""What one piece of evidence is: the incident of its alert, and the device or identity that it is."""


@dataclass(slots=True)
class Sums:
    """What an incident's alerts come to; `title` and `category` are those of the first of them."""

    total: int = 0
    open: int = 0
    first: datetime | None = None
    last: datetime | None = None
    worst: int = 0
    resolved: datetime | None = None
    devices: int = 0
    identities: int = 0
    title: str = ""
    category: str = ""


def count_incidents(
    tenant_id: uuid.UUID,
    incident_ids: Collection[uuid.UUID],
    *,
    instants: Iterator[datetime],
    left: Mapping[uuid.UUID, Incident] | None = None,
) -> None:
    """Bring the counts, times and derived fields of these incidents up to date, as they stand in the table.

    Six statements; see `apply_sums`.
    """
    went = left or {}
    incident_ids = {*incident_ids, *went}
    if not incident_ids:
        return
    incidents = list(Incident.objects.of_tenant(tenant_id).filter(id__in=incident_ids))
    with counting(tenant_id, incidents):
        apply_sums(incidents, read_sums(tenant_id, incident_ids), instants, went)
        Incident.objects.of_tenant(tenant_id).rewrite(incidents, COUNTED)
    keep_clocks(tenant_id, incidents)


def apply_sums(
    incidents: Iterable[Incident],
    sums: Mapping[uuid.UUID, Sums],
    instants: Iterator[datetime],
    left: Mapping[uuid.UUID, Incident],
) -> None:
    """Let incidents say what their alerts come to. Nothing is saved.

    Each changed with its alerts, and takes one of the instants, the older first.
    `left` names those that lost an alert, each with where it went: a derived one that lost its last was never
    more than that alert, and becomes merged into where it went.
    """
    for incident in sorted(incidents, key=lambda one: one.id):
        incident.last_update_at = next(instants)
        _apply(incident, sums.get(incident.id) or Sums())
        if incident.is_derived and not incident.alert_count and incident.id in left:
            incident.status = IncidentStatus.REDIRECTED
            incident.redirect_external_id = left[incident.id].external_id
        settle_waits(incident, incident.last_update_at)


def sum_written(alerts: Iterable[Alert], named: Iterable[Things]) -> dict[uuid.UUID, Sums]:
    """The sums of incidents all of whose alerts are these, with all that their evidence is."""
    found: dict[uuid.UUID, Sums] = {}
    for alert in sorted(alerts, key=lambda one: (one.first_activity_at, one.id)):
        _add(found.setdefault(alert.incident_id, _begin(alert)), alert)
    for incident_id, kinds in _distinct(named).items():
        if incident_id in found:
            found[incident_id].devices, found[incident_id].identities = map(len, kinds)
    return found


def read_sums(tenant_id: uuid.UUID, incident_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Sums]:
    """The sums of these incidents, as the tables have their alerts: three statements."""
    asked = {"tenant_id": tenant_id, "incident_ids": list_values(incident_ids)}
    found = {incident_id: Sums(*sums) for incident_id, *sums in _ALERTS.rows(**asked)}
    for incident_id, devices, identities in _EVIDENCE.rows(**asked):
        found[incident_id].devices, found[incident_id].identities = devices, identities
    for incident_id, title, category in _FIRST.rows(**asked):
        if incident_id in found:
            found[incident_id].title, found[incident_id].category = title, category
    return found


def _begin(alert: Alert) -> Sums:
    return Sums(
        first=alert.first_activity_at,
        last=alert.last_activity_at,
        worst=alert.severity,
        title=alert.title,
        category=alert.category,
    )


def _add(sums: Sums, alert: Alert) -> None:
    sums.total += 1
    sums.open += alert.status in OPEN_ALERT
    sums.last = max(sums.last or alert.last_activity_at, alert.last_activity_at)
    sums.worst = max(sums.worst, alert.severity)
    if alert.resolved_at is not None:
        sums.resolved = max(sums.resolved or alert.resolved_at, alert.resolved_at)


def _distinct(named: Iterable[Things]) -> dict[uuid.UUID, tuple[set[uuid.UUID], set[uuid.UUID]]]:
    found: dict[uuid.UUID, tuple[set[uuid.UUID], set[uuid.UUID]]] = {}
    for incident_id, device_id, identity_id in named:
        devices, identities = found.setdefault(incident_id, (set(), set()))
        if device_id is not None:
            devices.add(device_id)
        if identity_id is not None:
            identities.add(identity_id)
    return found


def _apply(incident: Incident, sums: Sums) -> None:
    incident.device_count, incident.identity_count = sums.devices, sums.identities
    incident.alert_count = sums.total
    if sums.first is None or sums.last is None:
        return
    incident.first_activity_at, incident.last_activity_at = sums.first, sums.last
    incident.category = sums.category
    if incident.is_derived:
        incident.display_name, incident.severity = sums.title, sums.worst
        incident.redirect_external_id = ""
        incident.status = IncidentStatus.ACTIVE if sums.open else IncidentStatus.RESOLVED
        incident.resolved_at = None if sums.open else sums.resolved or sums.last
    elif not incident.external_id:
        # Somebody works on it, and no source says how bad it is: what joins it may make it worse.
        incident.severity = max(incident.severity, sums.worst)


def _ask_alerts(tenant_id: uuid.UUID, incident_ids: str) -> QuerySet[Alert, Any]:
    rows = Alert.objects.of_tenant(tenant_id).filter(Q(incident_id__one_of=incident_ids))
    # In the order of `Sums`.
    return (
        rows.values("incident_id")
        .annotate(
            total=Count("id"),
            open=Count("id", filter=Q(status__in=OPEN_ALERT)),
            first=Min("first_activity_at"),
            last=Max("last_activity_at"),
            worst=Max("severity"),
            resolved=Max("resolved_at"),
        )
        .values_list("incident_id", "total", "open", "first", "last", "worst", "resolved")
    )


def _ask_evidence(tenant_id: uuid.UUID, incident_ids: str) -> QuerySet[Evidence, Any]:
    rows = Evidence.objects.of_tenant(tenant_id).filter(Q(alert__incident_id__one_of=incident_ids))
    return rows.values_list("alert__incident_id").annotate(
        of_devices=Count("device_id", distinct=True), of_identities=Count("identity_id", distinct=True)
    )


def _ask_first(tenant_id: uuid.UUID, incident_ids: str) -> QuerySet[Incident, Any]:
    alerts = Alert.objects.of_tenant(tenant_id).filter(incident_id=OuterRef("id"))
    first = alerts.order_by("first_activity_at", "id")
    rows = Incident.objects.of_tenant(tenant_id).filter(Q(id__one_of=incident_ids))
    return rows.values_list("id", Subquery(first.values("title")[:1]), Subquery(first.values("category")[:1]))


_ALERTS: Final = Prepared(_ask_alerts, tenant_id=UUID, incident_ids=TEXT).planned_anew()
_EVIDENCE: Final = Prepared(_ask_evidence, tenant_id=UUID, incident_ids=TEXT).planned_anew()
_FIRST: Final = Prepared(_ask_first, tenant_id=UUID, incident_ids=TEXT).planned_anew()
