"""Many incidents at once: first what is to be done is chosen, then each row is changed by itself."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.incidents.actions.undoing import Remembered, undo
from tidegate.incidents.models import Incident
from tidegate.incidents.queue import list_numbered
from tidegate.incidents.words import IncidentStatus, MoveReason
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.queue.bulk import BulkAction, Outcome, Ticket, change_many, find_action, read_tickets
from tidegate.web.queue.bulk_many import change_across, colleague_choices, find_incidents
from tidegate.web.queue.choices import judgement_choices, owner_choices, status_choices
from tidegate.web.queue.rows import incident_rows
from tidegate.web.queue.undo import keep, take
from tidegate.web.visit import Visit, in_tenant


def _change_across(visit: ManyVisit) -> HttpResponse:
    """The same over several tenants, each row by the visitor's role in its own."""
    sent = visit.request.POST
    action, tickets = find_action(sent.get("do", "")), read_tickets(sent.getlist("incident"))
    if "apply" not in sent:
        return _ask(visit, action, tickets, find_incidents(visit, tickets))
    outcomes = change_across(visit, action, tickets, sent)
    if all(outcome.is_invalid for outcome in outcomes):
        return _ask(visit, action, tickets, find_incidents(visit, tickets), outcomes[0].reason)
    return _answer(visit, action, outcomes)


@require_POST
@in_tenant("incidents", Permission.INCIDENT_READ, many=_change_across)
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
    return _answer(visit, action, outcomes)


def _take_back(visit: Visit | ManyVisit) -> HttpResponse:
    """Undo a change of many, in one tenant or in several."""
    undoable = take(visit.request, visit.request.POST.get("undo", ""))
    done = sum(_undo_one(visit, tenant_id, undoable.kind, was) for tenant_id, was in undoable.rows)
    refused = len(undoable.rows) - done
    words = ngettext("%(count)d incident as before.", "%(count)d incidents as before.", done)
    visit.tell(words % {"count": done})
    if refused:
        words = ngettext(
            "%(count)d was changed since and stays as it is.",
            "%(count)d were changed since and stay as they are.",
            refused,
        )
        visit.complain(words % {"count": refused})
    return visit.go_back(visit.link("incidents"))


@require_POST
@in_tenant("incidents", Permission.INCIDENT_READ, many=_take_back)
def take_back(visit: Visit) -> HttpResponseBase:
    """Undo a change of many: each row by itself, unless somebody changed it since."""
    return _take_back(visit)


def _undo_one(visit: Visit | ManyVisit, tenant_id: UUID, kind: str, was: Remembered) -> bool:
    """Whether one row is what it was again."""
    try:
        undo(_scope_in(visit, tenant_id), kind, was)
    except (Conflict, Forbidden, InvalidInput, NotFound):
        return False
    return True


def _scope_in(visit: Visit | ManyVisit, tenant_id: UUID) -> Scope:
    if isinstance(visit, ManyVisit):
        return visit.open(tenant_id)
    if visit.scope.tenant_id != tenant_id:
        raise NotFound("There is no such incident.")
    return visit.scope


def _ask(
    visit: Visit | ManyVisit,
    action: BulkAction,
    tickets: list[Ticket],
    incidents: list[Incident],
    problem: str = "",
) -> HttpResponse:
    assigns = action.value == "assign"
    if isinstance(visit, ManyVisit):
        tenants = badges_of(visit.find_users(incident.tenant_id for incident in incidents))
        rows = incident_rows(visit.scope, incidents, tenants)
        owners = colleague_choices(visit) if assigns else []
    else:
        rows = incident_rows(visit.scope, incidents)
        owners = owner_choices(visit.scope) if assigns else []
    context = {
        "action": action,
        "tickets": tickets,
        "rows": rows,
        "problem": problem,
        "sent": visit.request.POST,
        "back_url": _back_url(visit),
        "owners": owners,
        "statuses": status_choices(IncidentStatus),
        "judgements": judgement_choices(),
        "reasons": MoveReason.choices,
    }
    return visit.render("web/incidents/bulk.html", context, status=400 if problem else 200)


def _answer(visit: Visit | ManyVisit, action: BulkAction, outcomes: list[Outcome]) -> HttpResponse:
    """Back to where it began when all was done, else what became of each row; both with a way to undo."""
    refused = sum(1 for outcome in outcomes if outcome.reason)
    rows = [(_tenant_of(visit, outcome), outcome.was) for outcome in outcomes if outcome.was]
    undo_name = keep(visit.request, action.value, rows)
    if not refused:
        visit.tell(_describe_done(len(outcomes)), undo=undo_name)
        return visit.go_back(visit.link("incidents"))
    tenants = _badges(visit, outcomes)
    context = {
        "action": action,
        "outcomes": [
            {
                "outcome": outcome,
                "url": tenant_link("incident", str(_tenant_of(visit, outcome)), outcome.ticket.number),
                "tenant": tenants.get(_tenant_of(visit, outcome)),
            }
            for outcome in sorted(outcomes, key=lambda outcome: not outcome.reason)
        ],
        "done": len(outcomes) - refused,
        "refused": refused,
        "undo": undo_name,
        "back_url": _back_url(visit),
    }
    return visit.render("web/incidents/bulk_result.html", context)


def _tenant_of(visit: Visit | ManyVisit, outcome: Outcome) -> UUID:
    return outcome.ticket.tenant_id or visit.scope.tenant_id  # type: ignore[union-attr]  # one of the two


def _badges(visit: Visit | ManyVisit, outcomes: Sequence[Outcome]) -> Mapping[UUID, fr.TenantBadge]:
    if not isinstance(visit, ManyVisit):
        return {}
    return badges_of(
        visit.find_users(outcome.ticket.tenant_id for outcome in outcomes if outcome.ticket.tenant_id)
    )


def _back_url(visit: Visit | ManyVisit) -> str:
    return visit.go_back(visit.link("incidents")).url


def _describe_done(count: int) -> str:
    words = ngettext("%(count)d incident changed.", "%(count)d incidents changed.", count)
    return words % {"count": count}
