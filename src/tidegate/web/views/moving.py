"""Alerts of one incident put into another, or all of it merged: a page that asks where, why, and says so."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.incidents.actions.moving import merge_incidents, move_alerts
from tidegate.incidents.models import Incident
from tidegate.incidents.queries import alerts_of, get_incident, related_incidents
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.words import MoveReason
from tidegate.web.queue.incident_page import ALERTS_AT_MOST, RELATED_AT_MOST
from tidegate.web.queue.reading import read_number
from tidegate.web.queue.rows import incident_rows, severity_word
from tidegate.web.visit import Visit, in_tenant, say


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("incidents", Permission.INCIDENT_READ)
def move(visit: Visit, number: int) -> HttpResponseBase:
    """Ask for the alerts and where they belong; or move them, or merge the whole incident."""
    visit.require(Permission.INCIDENT_UPDATE)
    visit.require(Permission.ALERT_UPDATE)
    incident = get_incident(visit.scope, number)
    if visit.method != "POST":
        return _ask(visit, incident)
    try:
        target = _act(visit, number)
    except (Conflict, InvalidInput) as error:
        return _ask(visit, incident, say(error), 409 if isinstance(error, Conflict) else 400)
    except NotFound as error:
        return _ask(visit, incident, say(error), 400)
    visit.tell(_("Now in incident %(number)s.") % {"number": target.number})
    return visit.redirect("incident", target.number)


def _act(visit: Visit, number: int) -> Incident:
    sent = visit.request.POST
    to = read_number(sent.get("to", "").strip(), "to", longest=16)
    reason, comment = sent.get("reason", ""), sent.get("comment", "")
    if sent.get("do") == "merge":
        return merge_incidents(visit.scope, [number], into=to, reason=reason, comment=comment)
    chosen = sent.getlist("alert")
    if not chosen:
        raise InvalidInput(fields={"alerts": "must be selected first"})
    return move_alerts(visit.scope, chosen, to=to, reason=reason, comment=comment)


def _ask(visit: Visit, incident: Incident, problem: str = "", status: int = 200) -> HttpResponse:
    scope = visit.scope
    related = list(related_incidents(scope, incident)[:RELATED_AT_MOST])
    show_as_seen(scope, related)
    alerts = alerts_of(scope, incident)[:ALERTS_AT_MOST]
    context = {
        "incident": incident,
        "alerts": [(alert, severity_word(alert.severity)) for alert in alerts],
        "chosen": visit.request.POST.getlist("alert"),
        "reasons": MoveReason.choices,
        "related": incident_rows(scope, related),
        "problem": problem,
        "sent": visit.request.POST,
    }
    return visit.render("web/incidents/move.html", context, status)
