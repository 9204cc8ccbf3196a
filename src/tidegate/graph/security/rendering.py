"""Alerts and incidents as JSON: an alert's document as it is kept, an incident made when it is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from tidegate.graph.etags import make_etag
from tidegate.graph.lists import encode_members
from tidegate.incidents.document import format_time
from tidegate.incidents.models import Alert, Comment, Incident
from tidegate.incidents.words import IncidentStatus, Severity
from tidegate.odata.query import Query

_TYPE: Final = "#microsoft.graph.security."
# What its source told of an incident beyond what everybody asks for.
_TOLD_TEXTS: Final = ("lastModifiedBy", "resolvingComment", "summary")


def encode_alerts(alerts: Iterable[Alert], query: Query) -> Iterable[bytes]:
    """Alerts of a list; whole ones are not taken apart."""
    for alert in alerts:
        yield encode_members(read_alert(alert), query) if query.select else _splice(alert)


def read_alert(alert: Alert) -> dict[str, object]:
    """An alert as a value."""
    document: dict[str, object] = msgspec.json.decode(alert.document)
    return {"@odata.etag": make_etag(alert.version), **document}


def render_incident(
    incident: Incident, comments: Sequence[Comment], merged_into: int | None, *, all_words: bool
) -> dict[str, object]:
    """An incident as a value.

    Words that its enumerations gained later are given only to who says that they know them (`all_words`).
    """
    told = {name: incident.extra.get(name) for name in _TOLD_TEXTS}
    score = incident.extra.get("priorityScore")
    redirect = str(merged_into) if merged_into else incident.redirect_external_id
    return {
        "@odata.etag": make_etag(incident.version),
        "@odata.type": f"{_TYPE}incident",
        "id": str(incident.number),
        "tenantId": str(incident.tenant_id),
        "status": incident.status if all_words else _older_word(incident.status),
        "severity": Severity(incident.severity).word,
        "classification": incident.classification,
        "determination": incident.determination,
        "displayName": incident.display_name,
        "description": incident.description or None,
        "assignedTo": incident.assigned_to or None,
        "customTags": incident.custom_tags,
        "systemTags": incident.system_tags,
        "incidentWebUrl": _address_of(incident),
        "redirectIncidentId": redirect or None,
        "createdDateTime": format_time(incident.created_at),
        "lastUpdateDateTime": format_time(incident.last_update_at),
        **{name: value if isinstance(value, str) else None for name, value in told.items()},
        "priorityScore": score if isinstance(score, int) and abs(score) < 2**31 else None,
        "comments": render_comments(comments),
    }


def render_comments(comments: Iterable[Comment]) -> list[Mapping[str, object]]:
    """What was said, oldest first."""
    return [
        {
            "@odata.type": f"{_TYPE}alertComment",
            "comment": comment.text,
            "createdByDisplayName": comment.author,
            "createdDateTime": format_time(comment.created_at),
        }
        for comment in comments
    ]


def _splice(alert: Alert) -> bytes:
    """The document with its tag, without reading it: it is an object, and not an empty one."""
    return b'{"@odata.etag":"W/\\"%d\\"",' % alert.version + alert.document.encode()[1:]


def _older_word(status: str) -> str:
    """Microsoft, "Evolvable enumerations": what came after `unknownFutureValue` is that to older clients."""
    return "unknownFutureValue" if status == IncidentStatus.AWAITING_ACTION else status


def _address_of(incident: Incident) -> str:
    where = urlencode({"tid": str(incident.tenant_id)})
    return f"{settings.BASE_URL}/incidents/{incident.number}?{where}"
