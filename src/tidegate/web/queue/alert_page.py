"""What the page of one alert shows, read in a fixed number of statements."""

from collections.abc import Mapping
from typing import Any, Final

from tidegate.authorization.scope import Scope
from tidegate.connectors.records import Json
from tidegate.directory.naming import names_of
from tidegate.incidents.correlation.reasons import reasons_of
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert
from tidegate.incidents.queries import evidence_of
from tidegate.incidents.queue import comments_of_alert
from tidegate.web.evidence.fields import Fields, list_fields
from tidegate.web.evidence.grouping import make_things
from tidegate.web.evidence.processes import draw_tree
from tidegate.web.queue.incident_page import list_activity, list_techniques
from tidegate.web.queue.reasons import say_correlation
from tidegate.web.queue.rows import owner_of, severity_word
from tidegate.web.queue.source import indent_document, read_source
from tidegate.web.queue.timeline import make_timeline

EVIDENCE_AT_MOST: Final = 200
COMMENTS_AT_MOST: Final = 300
# Shown elsewhere on the page, or long and shown as text.
_SHOWN: Final = frozenset(
    {"@odata.type", "title", "description", "recommendedActions", "evidence", "comments", "mitreTechniques"}
)


def describe_alert(scope: Scope, alert: Alert) -> dict[str, Any]:
    """The template's variables but for what can be changed."""
    evidence = list(evidence_of(scope, alert=alert)[: EVIDENCE_AT_MOST + 1])
    things = make_things(evidence[:EVIDENCE_AT_MOST])
    comments = list(comments_of_alert(scope, alert)[:COMMENTS_AT_MOST])
    names = names_of(scope, [*(comment.user_id for comment in comments), alert.assigned_user_id])
    document, reason = read_document(alert), reasons_of(scope, [alert]).get(alert.id)
    return {
        "alert": alert,
        "incident": alert.incident,
        "reason": say_correlation(str(scope.tenant_id), reason) if reason else None,
        "severity_word": severity_word(alert.severity),
        "owner": owner_of(alert, names),
        "description": _text(document, "description"),
        "recommended_actions": _text(document, "recommendedActions"),
        "things": things,
        "malicious": sum(thing.verdict == "malicious" for thing in things),
        "is_cut": len(evidence) > EVIDENCE_AT_MOST,
        "tree": draw_tree(things),
        "comments": make_timeline(str(scope.tenant_id), [], comments, names),
        "techniques": list(list_techniques([document])),
        "fields": _list_members(document),
        "target": f"alert:{alert.external_id}",
        "events": list_activity(scope, f"alert:{alert.external_id}"),
        "document": indent_document(alert.document),
        "source": read_source(alert.raw),
    }


def _text(document: Mapping[str, Json], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _list_members(document: Mapping[str, Json]) -> Fields:
    return list_fields({name: value for name, value in document.items() if name not in _SHOWN})
