"""An alert of the Defender XDR API; its devices and entities become Graph's evidence, devices first."""

from tidegate.connectors.fields import Fields, UnreadableRecord
from tidegate.connectors.graph_words import (
    UNKNOWN,
    AlertSeverity,
    AlertStatus,
    Classification,
    DetectionSource,
    Determination,
    ServiceSource,
)
from tidegate.connectors.kinds.microsoft_defender_xdr.devices import make_device_evidence
from tidegate.connectors.kinds.microsoft_defender_xdr.entities import make_entity_evidence
from tidegate.connectors.kinds.microsoft_defender_xdr.words import (
    DETECTION_SOURCES,
    DETERMINATIONS,
    SERVICE_SOURCES,
    SEVERITIES,
)
from tidegate.connectors.kinds.microsoft_graph.comments import parse_comments
from tidegate.connectors.records import AlertRecord, EvidenceRecord, SourceFormat


def parse_alert(fields: Fields, raw: str, incident_id: str) -> AlertRecord:
    """Read one alert of the incident `incident_id`. Raises UnreadableRecord."""
    created_at = fields.required_time("creationTime")
    limit = fields.limits.title
    return AlertRecord(
        source_format=SourceFormat.DEFENDER_XDR_INCIDENT,
        external_id=fields.external_id("alertId"),
        incident_external_id=fields.optional_id("incidentId") or incident_id,
        title=fields.title("title"),
        severity=fields.word("severity", AlertSeverity, UNKNOWN, SEVERITIES),
        status=fields.word("status", AlertStatus, UNKNOWN),
        created_at=created_at,
        last_update_at=fields.time("lastUpdatedTime") or created_at,
        raw=raw,
        description=fields.text("description"),
        recommended_actions=fields.text("recommendedActions"),
        category=fields.text("category", limit=limit),
        classification=fields.word("classification", Classification, UNKNOWN),
        determination=fields.word("determination", Determination, UNKNOWN, DETERMINATIONS),
        service_source=fields.word("serviceSource", ServiceSource, UNKNOWN, SERVICE_SOURCES),
        detection_source=fields.word("detectionSource", DetectionSource, UNKNOWN, DETECTION_SOURCES),
        detector_id=fields.text("detectorId", limit=limit),
        assigned_to=fields.text("assignedTo", limit=limit),
        actor_display_name=fields.text("actorName", limit=limit),
        threat_display_name=fields.text("threatDisplayName", limit=limit),
        threat_family_name=fields.text("threatFamilyName", limit=limit),
        resolved_at=fields.time("resolvedTime"),
        first_activity_at=fields.time("firstActivity"),
        last_activity_at=fields.time("lastActivity"),
        mitre_techniques=fields.texts("mitreTechniques"),
        comments=parse_comments(fields),
        evidence=_make_evidence(fields),
        extra=fields.rest(),
    )


def _make_evidence(fields: Fields) -> tuple[EvidenceRecord, ...]:
    limits = fields.limits
    devices = fields.objects("devices", limits.evidence)
    entities = fields.objects("entities", limits.evidence)
    if len(devices) + len(entities) > limits.evidence:
        reason = f"{len(devices) + len(entities)} items with the devices, more than {limits.evidence}"
        raise UnreadableRecord(fields.at("entities"), reason)
    return (
        *(make_device_evidence(Fields(members, path, limits)) for path, members in devices),
        *(make_entity_evidence(Fields(members, path, limits)) for path, members in entities),
    )
