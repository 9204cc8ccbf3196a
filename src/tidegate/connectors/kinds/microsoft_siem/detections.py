"""One detection row. Source: Microsoft's page "Pull detections", whose field list names every column."""

import re
from collections.abc import Mapping
from enum import StrEnum

from tidegate.connectors.fields import Fields
from tidegate.connectors.graph_words import (
    UNKNOWN,
    AlertSeverity,
    AlertStatus,
    DetectionSource,
    ServiceSource,
)
from tidegate.connectors.kinds.microsoft_siem.evidence import make_evidence
from tidegate.connectors.kinds.parsed import Parsed
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import AlertRecord, Json, SourceFormat

_OWN_NAMES = {"AlertId", "AlertTime", "AlertTitle", "LastProcessedTimeUtc", "LinkToWDATP"}
_ENOUGH_NAMES = 2
_SEVERITIES: Mapping[str, StrEnum] = {"unspecified": AlertSeverity.UNKNOWN}
_SOURCES: Mapping[str, StrEnum] = {
    "edr": DetectionSource.MICROSOFT_DEFENDER_FOR_ENDPOINT,
    "windowsdefenderatp": DetectionSource.MICROSOFT_DEFENDER_FOR_ENDPOINT,
    "windowsdefenderav": DetectionSource.ANTIVIRUS,
    "windows defender av": DetectionSource.ANTIVIRUS,
    "windowsdefendersmartscreen": DetectionSource.SMART_SCREEN,
    "windows defender smartscreen": DetectionSource.SMART_SCREEN,
    "customerti": DetectionSource.CUSTOM_TI,
    "custom ti": DetectionSource.CUSTOM_TI,
    "threatexperts": DetectionSource.MICROSOFT_THREAT_EXPERTS,
    "officeatp": DetectionSource.MICROSOFT_DEFENDER_FOR_OFFICE365,
}
# The links name an incident by number, or only by one of its alerts (/incidents/byalert?alertId=...).
_INCIDENT_NUMBER = re.compile(
    r"/incidents?/(\d{1,20})(?![\w-])|[?&]incidentId=(\d{1,20})(?![\w-])", re.ASCII | re.IGNORECASE
)


def is_detection(members: Mapping[str, Json]) -> bool:
    """Say whether the members are a detection's: by column names that nothing else has."""
    return len(_OWN_NAMES.intersection(members)) >= _ENOUGH_NAMES


def parse_detection(members: Mapping[str, Json], raw: str, limits: Limits) -> Parsed:
    """Read one detection. Raises UnreadableRecord."""
    fields = Fields(members, "", limits)
    created_at = fields.required_time("AlertTime")
    return Parsed(
        AlertRecord(
            source_format=SourceFormat.SIEM_DETECTION,
            external_id=fields.external_id("AlertId"),
            incident_external_id=_read_incident_id(fields),
            title=fields.title("AlertTitle"),
            severity=fields.word("Severity", AlertSeverity, UNKNOWN, _SEVERITIES),
            status=AlertStatus.NEW.value,
            created_at=created_at,
            last_update_at=fields.time("LastProcessedTimeUtc") or created_at,
            raw=raw,
            description=fields.text("Description"),
            category=fields.text("Category", limit=limits.title),
            service_source=ServiceSource.MICROSOFT_DEFENDER_FOR_ENDPOINT.value,
            detection_source=fields.word("Source", DetectionSource, UNKNOWN, _SOURCES),
            detector_id=fields.text("IoaDefinitionId", limit=limits.title),
            actor_display_name=fields.text("Actor", limit=limits.title),
            threat_display_name=fields.text("ThreatName", limit=limits.title),
            threat_family_name=fields.text("ThreatFamily", limit=limits.title),
            evidence=make_evidence(fields),
            extra=fields.rest(),
        )
    )


def _read_incident_id(fields: Fields) -> str | None:
    for name in ("IncidentLinkToMTP", "IncidentLinkToWDATP"):
        link = fields.peek(name)
        if isinstance(link, str) and (match := _INCIDENT_NUMBER.search(link)):
            return match[1] or match[2]
    return None
