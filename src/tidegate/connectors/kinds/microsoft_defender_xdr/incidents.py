"""An incident of the Defender XDR API: `{"incidentId", "incidentName", "alerts": [...]}`."""

from collections.abc import Mapping

from tidegate.connectors.fields import Fields
from tidegate.connectors.graph_words import (
    UNKNOWN,
    AlertSeverity,
    Classification,
    Determination,
    IncidentStatus,
)
from tidegate.connectors.kinds.alerts_inside import parse_alerts_inside
from tidegate.connectors.kinds.microsoft_defender_xdr.alerts import parse_alert
from tidegate.connectors.kinds.microsoft_defender_xdr.words import DETERMINATIONS, SEVERITIES
from tidegate.connectors.kinds.microsoft_graph.comments import parse_comments
from tidegate.connectors.kinds.parsed import Parsed
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import AlertRecord, IncidentRecord, Json, SourceFormat

_OWN_NAMES = {"alerts", "incidentName", "redirectIncidentId"}
_NAMES_OF_ALERTS = {"alertId", "id", "title"}


def is_incident(members: Mapping[str, Json]) -> bool:
    """Say whether the members are an incident's: by names that only this API gives together."""
    if "incidentName" in members and "alerts" in members:
        return True
    return (
        "incidentId" in members
        and not _OWN_NAMES.isdisjoint(members)
        and _NAMES_OF_ALERTS.isdisjoint(members)
    )


def parse_incident(members: Mapping[str, Json], raw: str, limits: Limits) -> Parsed:
    """Read one incident and its alerts. Raises UnreadableRecord for the incident itself."""
    fields = Fields(members, "", limits)
    external_id = fields.external_id("incidentId")

    def parse_inside(alert: Mapping[str, Json], alert_raw: str, path: str) -> AlertRecord:
        return parse_alert(Fields(alert, path, limits), alert_raw, external_id)

    alerts, left_out = parse_alerts_inside(fields, parse_inside)
    return Parsed(_make_incident(fields, external_id, raw, alerts), left_out)


def _make_incident(
    fields: Fields, external_id: str, raw: str, alerts: tuple[AlertRecord, ...]
) -> IncidentRecord:
    created_at = fields.required_time("createdTime")
    return IncidentRecord(
        source_format=SourceFormat.DEFENDER_XDR_INCIDENT,
        external_id=external_id,
        display_name=fields.text("incidentName", limit=fields.limits.title),
        severity=fields.word("severity", AlertSeverity, UNKNOWN, SEVERITIES),
        status=fields.word("status", IncidentStatus, IncidentStatus.ACTIVE.value),
        created_at=created_at,
        last_update_at=fields.time("lastUpdateTime") or created_at,
        raw=raw,
        classification=fields.word("classification", Classification, UNKNOWN),
        determination=fields.word("determination", Determination, UNKNOWN, DETERMINATIONS),
        assigned_to=fields.text("assignedTo", limit=fields.limits.title),
        redirect_external_id=fields.optional_id("redirectIncidentId"),
        custom_tags=fields.texts("tags"),
        comments=parse_comments(fields),
        alerts=alerts,
        extra=fields.rest(),
    )
