"""What an incident says of its alerts, counted anew on write so that lists need no counting."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from tidegate.incidents.clocks.keeping import keep_clocks
from tidegate.incidents.clocks.waits import settle_waits
from tidegate.incidents.counters.keeping import counting
from tidegate.incidents.models import Alert, Evidence, Incident
from tidegate.incidents.words import OPEN_ALERT, IncidentStatus

_COUNTED = [
    "alert_count", "device_count", "identity_count", "first_activity_at", "last_activity_at",
    "category", "display_name", "severity", "status", "resolved_at", "redirect_external_id",
    "last_update_at", "waits",
]  # fmt: skip


def count_incidents(
    tenant_id: uuid.UUID,
    incident_ids: Collection[uuid.UUID],
    *,
    instants: Iterator[datetime],
    left: Mapping[uuid.UUID, Incident] | None = None,
) -> None:
    """Bring the counts, times and derived fields of these incidents up to date: six statements.

    Each changed with its alerts, and takes one of the instants.
    `left` names further incidents that lost an alert, each with where it went: a derived one that
    lost its last was never more than that alert, and becomes merged into where it went.
    """
    went = left or {}
    incident_ids = {*incident_ids, *went}
    if not incident_ids:
        return
    # The older first: so do their instants follow each other, whatever the database finds first.
    incidents = list(Incident.objects.of_tenant(tenant_id).filter(id__in=incident_ids).order_by("id"))
    alerts = Alert.objects.of_tenant(tenant_id).filter(incident_id__in=incident_ids)
    sums = {row["incident_id"]: row for row in _sum_alerts(alerts)}
    things = {row["alert__incident_id"]: row for row in _sum_evidence(tenant_id, incident_ids)}
    firsts: dict[uuid.UUID, tuple[str, str]] = {}
    for incident_id, title, category in alerts.order_by("first_activity_at", "id").values_list(
        "incident_id", "title", "category"
    ):
        firsts.setdefault(incident_id, (title, category))
    with counting(tenant_id, incidents):
        for incident in incidents:
            incident.last_update_at = next(instants)
            _apply(incident, sums.get(incident.id), things.get(incident.id), firsts.get(incident.id))
            if incident.is_derived and not incident.alert_count and incident.id in went:
                incident.status = IncidentStatus.REDIRECTED
                incident.redirect_external_id = went[incident.id].external_id
            settle_waits(incident, incident.last_update_at)
        Incident.objects.of_tenant(tenant_id).rewrite(incidents, _COUNTED)
    keep_clocks(tenant_id, incidents)


def _sum_alerts(alerts: Any) -> Any:
    return alerts.values("incident_id").annotate(
        total=Count("id"),
        open=Count("id", filter=Q(status__in=OPEN_ALERT)),
        first=Min("first_activity_at"),
        last=Max("last_activity_at"),
        worst=Max("severity"),
        resolved=Max("resolved_at"),
    )


def _sum_evidence(tenant_id: uuid.UUID, incident_ids: Collection[uuid.UUID]) -> Any:
    rows = Evidence.objects.of_tenant(tenant_id).filter(alert__incident_id__in=incident_ids)
    return rows.values("alert__incident_id").annotate(
        devices=Count("device_id", distinct=True), identities=Count("identity_id", distinct=True)
    )


def _apply(
    incident: Incident,
    sums: dict[str, Any] | None,
    things: dict[str, Any] | None,
    first: tuple[str, str] | None,
) -> None:
    incident.device_count = things["devices"] if things else 0
    incident.identity_count = things["identities"] if things else 0
    incident.alert_count = sums["total"] if sums else 0
    if sums is None or first is None:
        return
    incident.first_activity_at, incident.last_activity_at = sums["first"], sums["last"]
    incident.category = first[1]
    if incident.is_derived:
        incident.display_name, incident.severity = first[0], sums["worst"]
        incident.redirect_external_id = ""
        incident.status = IncidentStatus.ACTIVE if sums["open"] else IncidentStatus.RESOLVED
        incident.resolved_at = None if sums["open"] else sums["resolved"] or sums["last"]
    elif not incident.external_id:
        # Somebody works on it, and no source says how bad it is: what joins it may make it worse.
        incident.severity = max(incident.severity, sums["worst"])
