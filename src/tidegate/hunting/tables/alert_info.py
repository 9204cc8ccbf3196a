"""AlertInfo: a row for each alert."""

from typing import Final

from tidegate.hunting.tables.table import (
    TENANT_COLUMN,
    Table,
    instant,
    member,
    number,
    text,
    value_member,
    words,
)
from tidegate.hunting.tables.words import DETECTION_SOURCES, SERVICE_SOURCES, SEVERITIES
from tidegate.incidents.visibility import seen_alerts

ALERT_INFO: Final = Table(
    "AlertInfo",
    "Alerts: what was detected, how bad it is, and where it stands",
    seen_alerts,
    "created_at",
    (
        "tenant_id", "created_at", "external_id", "title", "category", "severity", "service_source",
        "detection_source", "document", "status", "classification", "determination", "assigned_to",
        "incident__number", "last_update_at",
    ),
    (
        instant("Timestamp", "created_at", "When the alert was made"),
        text("AlertId", "external_id", "The alert's id, unique in its directory"),
        text("Title", "title", "What was detected"),
        text("Category", "category", "What the attacker was after"),
        words("Severity", "severity", SEVERITIES, "High, Medium, Low or Informational"),
        words("ServiceSource", "service_source", SERVICE_SOURCES, "The product that it comes from"),
        words("DetectionSource", "detection_source", DETECTION_SOURCES, "What in it found this"),
        value_member("AttackTechniques", "document", "mitreTechniques", "MITRE ATT&CK techniques"),
        text("Status", "status", "new, inProgress or resolved"),
        text("Classification", "classification", "Whether it was what it seemed"),
        text("Determination", "determination", "What it was"),
        text("AssignedTo", "assigned_to", "Who works on it"),
        number("IncidentId", "incident__number", "The number of its incident"),
        instant("LastUpdate", "last_update_at", "When it changed last"),
        member("ThreatFamily", "document", ("threatFamilyName",), "The family of the malware"),
        TENANT_COLUMN,
    ),
    frozenset({"document"}),
)  # fmt: skip
