"""Graph's `microsoft.graph.security.incident`, with the alerts that `$expand=alerts` puts inside."""

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
from tidegate.connectors.kinds.microsoft_graph.alerts import parse_alert
from tidegate.connectors.kinds.microsoft_graph.comments import parse_comments
from tidegate.connectors.kinds.parsed import Parsed
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import AlertRecord, IncidentRecord, Json, SourceFormat

_TYPE = "#microsoft.graph.security.incident"
_OWN_NAMES = {"alerts", "customTags", "incidentWebUrl", "redirectIncidentId", "determination", "severity"}


def is_incident(members: Mapping[str, Json]) -> bool:
    """Say whether the members are an incident's: by declared type, else by names only an incident has."""
    if "@odata.type" in members:
        return members["@odata.type"] == _TYPE
    named = "displayName" in members or "createdDateTime" in members
    return named and "id" in members and not _OWN_NAMES.isdisjoint(members)


def parse_incident(members: Mapping[str, Json], raw: str, limits: Limits) -> Parsed:
    """Read one incident and its alerts. Raises UnreadableRecord for the incident itself."""
    fields = Fields(members, "", limits)
    fields.value("@odata.type")
    external_id = fields.external_id("id")

    def parse_inside(alert: Mapping[str, Json], alert_raw: str, path: str) -> AlertRecord:
        return parse_alert(alert, alert_raw, limits, path=path, incident_id=external_id)

    alerts, left_out = parse_alerts_inside(fields, parse_inside)
    return Parsed(_make_incident(fields, external_id, raw, alerts), left_out)


def _make_incident(
    fields: Fields, external_id: str, raw: str, alerts: tuple[AlertRecord, ...]
) -> IncidentRecord:
    created_at = fields.required_time("createdDateTime")
    return IncidentRecord(
        source_format=SourceFormat.GRAPH_INCIDENT,
        external_id=external_id,
        display_name=fields.text("displayName", limit=fields.limits.title),
        severity=fields.word("severity", AlertSeverity, UNKNOWN),
        status=fields.word("status", IncidentStatus, IncidentStatus.ACTIVE.value),
        created_at=created_at,
        last_update_at=fields.time("lastUpdateDateTime") or created_at,
        raw=raw,
        description=fields.text("description"),
        classification=fields.word("classification", Classification, UNKNOWN),
        determination=fields.word("determination", Determination, UNKNOWN),
        assigned_to=fields.text("assignedTo", limit=fields.limits.title),
        redirect_external_id=fields.optional_id("redirectIncidentId"),
        custom_tags=fields.texts("customTags"),
        system_tags=fields.texts("systemTags"),
        comments=parse_comments(fields),
        alerts=alerts,
        extra=fields.rest(),
    )
