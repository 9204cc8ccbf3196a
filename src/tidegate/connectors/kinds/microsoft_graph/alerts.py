"""Graph's `microsoft.graph.security.alert`, member by member."""

from collections.abc import Mapping

from tidegate.connectors.fields import Fields
from tidegate.connectors.graph_words import (
    UNKNOWN,
    AlertSeverity,
    AlertStatus,
    Classification,
    DetectionSource,
    Determination,
    ServiceSource,
)
from tidegate.connectors.kinds.microsoft_graph.comments import parse_comments
from tidegate.connectors.kinds.microsoft_graph.evidence import parse_evidence
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import AlertRecord, Json, SourceFormat

_TYPE = "#microsoft.graph.security.alert"
_OWN_NAMES = {
    "alertWebUrl", "detectionSource", "detectorId", "evidence", "firstActivityDateTime", "mitreTechniques",
    "providerAlertId", "serviceSource", "threatDisplayName", "title",
}  # fmt: skip
_SHARED_NAMES = {"createdDateTime", "id", "lastUpdateDateTime"}


def is_alert(members: Mapping[str, Json]) -> bool:
    """Say whether the members are an alert's: by declared type, else by names only an alert has."""
    if "@odata.type" in members:
        return members["@odata.type"] == _TYPE
    return not _OWN_NAMES.isdisjoint(members) and not _SHARED_NAMES.isdisjoint(members)


def parse_alert(
    members: Mapping[str, Json], raw: str, limits: Limits, *, path: str = "", incident_id: str | None = None
) -> AlertRecord:
    """Read one alert; `incident_id` is that of the incident around it. Raises UnreadableRecord."""
    fields = Fields(members, path, limits)
    fields.value("@odata.type")
    created_at = fields.required_time("createdDateTime")
    return AlertRecord(
        source_format=SourceFormat.GRAPH_ALERT,
        external_id=fields.external_id("id"),
        incident_external_id=fields.optional_id("incidentId") or incident_id,
        title=fields.title("title"),
        severity=fields.word("severity", AlertSeverity, UNKNOWN),
        status=fields.word("status", AlertStatus, UNKNOWN),
        created_at=created_at,
        last_update_at=fields.time("lastUpdateDateTime") or created_at,
        raw=raw,
        description=fields.text("description"),
        recommended_actions=fields.text("recommendedActions"),
        category=fields.text("category", limit=limits.title),
        classification=fields.word("classification", Classification, UNKNOWN),
        determination=fields.word("determination", Determination, UNKNOWN),
        service_source=fields.word("serviceSource", ServiceSource, UNKNOWN),
        detection_source=fields.word("detectionSource", DetectionSource, UNKNOWN),
        detector_id=fields.text("detectorId", limit=limits.title),
        assigned_to=fields.text("assignedTo", limit=limits.title),
        actor_display_name=fields.text("actorDisplayName", limit=limits.title),
        threat_display_name=fields.text("threatDisplayName", limit=limits.title),
        threat_family_name=fields.text("threatFamilyName", limit=limits.title),
        resolved_at=fields.time("resolvedDateTime"),
        first_activity_at=fields.time("firstActivityDateTime"),
        last_activity_at=fields.time("lastActivityDateTime"),
        mitre_techniques=fields.texts("mitreTechniques"),
        system_tags=fields.texts("systemTags"),
        comments=parse_comments(fields),
        evidence=parse_evidence(fields),
        extra=fields.rest(),
    )
