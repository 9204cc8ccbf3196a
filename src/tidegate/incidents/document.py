"""An alert's wire form: Microsoft Graph's JSON (`microsoft.graph.security.alert`, v1.0), kept as text.

Rendered when the alert changes, streamed as it is when somebody reads. The tenant in it is the
tenant that took the alert in, and its links lead to this portal, whatever its source wrote.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

import msgspec
from django.conf import settings

from tidegate.connectors.graph_words import (
    Classification,
    DetectionSource,
    Determination,
    ServiceSource,
)
from tidegate.connectors.records import AlertRecord, Json
from tidegate.incidents.fitting import fit_evidence, known_word, tell_rest
from tidegate.incidents.models import Alert
from tidegate.incidents.words import Severity

type Document = dict[str, Json]


def describe_alert(alert: Alert, record: AlertRecord, incident_number: int) -> Document:
    """The document of an alert that came in as `record`, as a value."""
    tid = str(alert.tenant_id)
    return {
        "@odata.type": "#microsoft.graph.security.alert",
        "id": alert.external_id,
        "providerAlertId": str(record.extra.get("providerAlertId") or alert.external_id),
        "incidentId": str(incident_number),
        "tenantId": tid,
        "status": alert.status,
        "severity": Severity(alert.severity).word,
        "classification": known_word(Classification, alert.classification),
        "determination": known_word(Determination, alert.determination),
        "serviceSource": known_word(ServiceSource, alert.service_source),
        "detectionSource": known_word(DetectionSource, alert.detection_source),
        "detectorId": record.detector_id or None,
        "title": alert.title,
        "description": record.description,
        "recommendedActions": record.recommended_actions,
        "category": alert.category,
        "assignedTo": alert.assigned_to or None,
        "alertWebUrl": f"{settings.BASE_URL}/alerts/{quote(alert.external_id, safe='')}?tid={tid}",
        "incidentWebUrl": f"{settings.BASE_URL}/incidents/{incident_number}?tid={tid}",
        "actorDisplayName": record.actor_display_name or None,
        "threatDisplayName": record.threat_display_name or None,
        "threatFamilyName": record.threat_family_name or None,
        "mitreTechniques": list(record.mitre_techniques),
        "createdDateTime": format_time(alert.created_at),
        "lastUpdateDateTime": format_time(alert.last_update_at),
        "resolvedDateTime": format_time(alert.resolved_at),
        "firstActivityDateTime": format_time(alert.first_activity_at),
        "lastActivityDateTime": format_time(alert.last_activity_at),
        "systemTags": list(record.system_tags),
        "comments": [_render_comment(c.text, c.author, c.created_at) for c in record.comments],
        "evidence": [fit_evidence(evidence.body) for evidence in record.evidence],
        **tell_rest(record.extra),
    }


def rerender_alert(alert: Alert, incident_number: int) -> str:
    """The document after the alert's own fields changed; all else in it stays."""
    document = read_document(alert)
    document |= {
        "incidentId": str(incident_number),
        "status": alert.status,
        "severity": Severity(alert.severity).word,
        "classification": known_word(Classification, alert.classification),
        "determination": known_word(Determination, alert.determination),
        "assignedTo": alert.assigned_to or None,
        "lastUpdateDateTime": format_time(alert.last_update_at),
        "resolvedDateTime": format_time(alert.resolved_at),
    }
    return encode_document(document)


def add_evidence(alert: Alert, bodies: Sequence[Mapping[str, Json]]) -> str:
    """The alert's document with more evidence at its end, and when it changed."""
    value = msgspec.json.decode(alert.document)
    value["evidence"] = [*value["evidence"], *map(fit_evidence, bodies)]
    value["lastUpdateDateTime"] = format_time(alert.last_update_at)
    value["lastActivityDateTime"] = format_time(alert.last_activity_at)
    return encode_document(value)


def keep_evidence(document: str, bodies: Sequence[Mapping[str, Json]]) -> str:
    """The document with no other evidence than this."""
    value = msgspec.json.decode(document)
    value["evidence"] = list(bodies)
    return encode_document(value)


def add_comments(alert: Alert, comments: Sequence[tuple[str, str, datetime]]) -> str:
    """The alert's document with more comments at its end (text, author, time), and when it changed."""
    value = msgspec.json.decode(alert.document)
    value["comments"] = [*value["comments"], *(_render_comment(*comment) for comment in comments)]
    value["lastUpdateDateTime"] = format_time(alert.last_update_at)
    return encode_document(value)


def replace_comments(document: str, comments: Sequence[tuple[str, str, datetime]]) -> str:
    """The document with exactly these comments: text, author, time."""
    value = msgspec.json.decode(document)
    value["comments"] = [_render_comment(*comment) for comment in comments]
    return encode_document(value)


def read_document(alert: Alert) -> Document:
    """The document as a value."""
    document: Document = msgspec.json.decode(alert.document)
    return document


# An alert tells the same times again and again.
@lru_cache(maxsize=1_000)
def format_time(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with `Z`, microseconds only where there are any; None for None."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _render_comment(text: str, author: str, created_at: datetime | None) -> dict[str, Json]:
    return {
        "@odata.type": "#microsoft.graph.security.alertComment",
        "comment": text,
        "createdByDisplayName": author,
        "createdDateTime": format_time(created_at),
    }


def encode_document(value: Mapping[str, object]) -> str:
    """A document as it is kept."""
    return msgspec.json.encode(value).decode()
