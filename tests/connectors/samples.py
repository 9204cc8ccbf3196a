"""Small made records in the four formats, and reading them from memory."""

import json
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from tidegate.connectors.limits import Limits
from tidegate.connectors.reading import read_records
from tidegate.connectors.records import AlertRecord, IncidentRecord, Record, Rejected

TYPE = "#microsoft.graph.security."


def graph_alert(**changes: Any) -> dict[str, Any]:
    alert: dict[str, Any] = {
        "@odata.type": TYPE + "alert",
        "id": "da1",
        "incidentId": "41",
        "title": "Odd sign-in",
        "severity": "medium",
        "status": "new",
        "serviceSource": "microsoftDefenderForIdentity",
        "detectionSource": "microsoftDefenderForIdentity",
        "createdDateTime": "2026-03-01T10:00:00.1234567Z",
        "lastUpdateDateTime": "2026-03-02T10:00:00Z",
        "evidence": [
            {"@odata.type": TYPE + "deviceEvidence", "verdict": "unknown", "mdeDeviceId": "d1"},
        ],
    }
    return alert | changes


def graph_incident(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    incident: dict[str, Any] = {
        "id": "41",
        "displayName": "Odd sign-ins",
        "severity": "high",
        "status": "active",
        "createdDateTime": "2026-03-01T10:00:00Z",
        "lastUpdateDateTime": "2026-03-02T10:00:00Z",
        "customTags": ["vip"],
        "alerts": list(alerts),
    }
    return incident | changes


def xdr_alert(**changes: Any) -> dict[str, Any]:
    alert: dict[str, Any] = {
        "alertId": "xa1",
        "incidentId": 900,
        "serviceSource": "MicrosoftCloudAppSecurity",
        "detectionSource": "MCAS",
        "creationTime": "2026-03-01T10:00:00.5Z",
        "lastUpdatedTime": "2026-03-01T11:00:00Z",
        "title": "Impossible travel",
        "category": "InitialAccess",
        "status": "InProgress",
        "severity": "UnSpecified",
        "classification": None,
        "determination": None,
        "devices": [],
        "entities": [],
    }
    return alert | changes


def xdr_incident(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    incident: dict[str, Any] = {
        "incidentId": 900,
        "redirectIncidentId": None,
        "incidentName": "Travel of one user",
        "createdTime": "2026-03-01T10:00:00Z",
        "lastUpdateTime": "2026-03-01T12:00:00Z",
        "classification": "Unknown",
        "determination": "NotAvailable",
        "status": "Resolved",
        "severity": "Informational",
        "tags": ["first"],
        "comments": [],
        "alerts": list(alerts),
    }
    return incident | changes


def siem_detection(**changes: Any) -> dict[str, Any]:
    detection: dict[str, Any] = {
        "AlertTime": "2026-03-01T10:00:00.1Z",
        "AlertId": "sd1",
        "AlertTitle": "Malware seen",
        "Category": "Malware",
        "Severity": "Low",
        "Source": "WindowsDefenderAv",
        "LastProcessedTimeUtc": "2026-03-01T10:05:00Z",
        "IncidentLinkToMTP": "https://portal.example/incidents/77?tid=x",
    }
    return detection | changes


def as_lines(records: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def read(data: bytes | str, limits: Limits | None = None) -> list[Record | Rejected]:
    raw = data.encode() if isinstance(data, str) else data
    return list(read_records(BytesIO(raw), limits=limits or Limits()))


def read_json(value: Any) -> list[Record | Rejected]:
    return read(json.dumps(value))


def read_one(value: Any) -> Record | Rejected:
    [only] = read_json(value)
    return only


def alert_of(value: Any) -> AlertRecord:
    found = read_one(value)
    assert isinstance(found, AlertRecord), found
    return found


def incident_of(value: Any) -> IncidentRecord:
    found = read_one(value)
    assert isinstance(found, IncidentRecord), found
    return found


def reason_of(value: Any) -> str:
    found = read_one(value)
    assert isinstance(found, Rejected), found
    return found.reason


def ids_of(found: Iterable[Record | Rejected]) -> list[str | None]:
    """Give the external ids in order, None for what was rejected."""
    return [None if isinstance(item, Rejected) else item.external_id for item in found]
