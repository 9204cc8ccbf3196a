"""Many incidents at once: first what is to be done is chosen, then each row is changed by itself."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tidegate.authorization.permissions import Permission
from tidegate.incidents.models import Incident
from tidegate.incidents.queue import list_numbered
from tidegate.incidents.words import IncidentStatus
from tidegate.web.queue.bulk import BulkAction, Outcome, Ticket, change_many, find_action, read_tickets
from tidegate.web.queue.choices import judgement_choices, owner_choices, status_choices
from tidegate.web.queue.rows import incident_rows
from tidegate.web.visit import Visit, in_tenant


@require_POST
@in_tenant("incidents", Permission.INCIDENT_READ)
def change(visit: Visit) -> HttpResponseBase:
    """Without `apply` the form that asks for the new value, with it the change."""
    sent = visit.request.POST
    action = find_action(sent.get("do", ""))
    visit.require(action.permission)
    tickets = read_tickets(sent.getlist("incident"))
    incidents = list_numbered(visit.scope, [ticket.number for ticket in tickets])
    if "apply" not in sent:
        return _ask(visit, action, tickets, incidents)
    outcomes = change_many(visit.scope, action, tickets, incidents, sent)
    if all(outcome.is_invalid for outcome in outcomes):
        return _ask(visit, action, tickets, incidents, outcomes[0].reason)
    refused = [outcome for outcome in outcomes if outcome.reason]
    if not refused:
        visit.tell(_describe_done(len(outcomes)))
        return visit.go_back(visit.link("incidents"))
    return _report(visit, action, outcomes, refused)


def _ask(
    visit: Visit, action: BulkAction, tickets: list[Ticket], incidents: list[Incident], problem: str = ""
) -> HttpResponse:
    scope, sent = visit.scope, visit.request.POST
    context = {
        "action": action,
        "tickets": tickets,
        "rows": incident_rows(scope, incidents),
        "problem": problem,
        "sent": sent,
        "back_url": _back_url(visit),
        "owners": owner_choices(scope) if action.value == "assign" else [],
        "statuses": status_choices(IncidentStatus),
        "judgements": judgement_choices(),
    }
    return visit.render("web/incidents/bulk.html", context, status=400 if problem else 200)


def _report(
    visit: Visit, action: BulkAction, outcomes: list[Outcome], refused: list[Outcome]
) -> HttpResponse:
    context = {
        "action": action,
        "outcomes": sorted(outcomes, key=lambda outcome: not outcome.reason),
        "done": len(outcomes) - len(refused),
        "refused": len(refused),
        "back_url": _back_url(visit),
    }
    return visit.render("web/incidents/bulk_result.html", context)


def _back_url(visit: Visit) -> str:
    return visit.go_back(visit.link("incidents")).url


def _describe_done(count: int) -> str:
    words = ngettext("%(count)d incident changed.", "%(count)d incidents changed.", count)
    return words % {"count": count}
