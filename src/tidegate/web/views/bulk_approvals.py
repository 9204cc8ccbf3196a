"""Several requests at once: one reason, each decided by itself, and what became of each."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tidegate.entitlements.inbox import list_pending
from tidegate.web.approvals import (
    MANY,
    Outcome,
    WaitingRow,
    decide_each,
    read_tickets,
    reads_approval,
    waiting_rows,
)
from tidegate.web.forms.my_access import BulkDecisionForm
from tidegate.web.links import tenant_link
from tidegate.web.person_visit import PersonVisit, for_person


@require_POST
@for_person("approvals")
def decide_many(visit: PersonVisit) -> HttpResponseBase:
    """Without `apply` the page that asks for one reason, with it the decisions, each by itself."""
    sent = visit.request.POST
    approves = reads_approval(sent.get("do", ""))
    tickets = read_tickets(sent.getlist("request"))
    chosen = [one for one in list_pending(visit.actor) if (one.tenant_id, one.id) in set(tickets)]
    rows, form = waiting_rows(chosen[:MANY]), BulkDecisionForm(sent if "apply" in sent else None)
    if not form.is_bound or not form.is_valid():
        return _ask(visit, rows, form, approves=approves)
    reason = form.cleaned_data["justification"]
    outcomes = decide_each(visit.actor, rows, approves=approves, justification=reason)
    return _report(visit, outcomes, approves=approves, missing=len(tickets) - len(rows))


def _ask(
    visit: PersonVisit, rows: list[WaitingRow], form: BulkDecisionForm, *, approves: bool
) -> HttpResponse:
    context = {
        "rows": rows,
        "form": form,
        "do": "approve" if approves else "deny",
        "approves": approves,
        "back_url": _back_url(visit),
    }
    return visit.render("web/approvals/many.html", context, 400 if form.errors else 200)


def _report(visit: PersonVisit, outcomes: list[Outcome], *, approves: bool, missing: int) -> HttpResponse:
    refused = [outcome for outcome in outcomes if outcome.reason]
    names = {"done": len(outcomes) - len(refused), "refused": len(refused) + missing}
    words = _("%(done)d approved, %(refused)d not") if approves else _("%(done)d denied, %(refused)d not")
    context = {
        "title": words % names,
        "outcomes": sorted(outcomes, key=lambda outcome: not outcome.reason),
        "approves": approves,
        "missing": missing,
        "back_url": _back_url(visit),
    }
    return visit.render("web/approvals/many_result.html", context)


def _back_url(visit: PersonVisit) -> str:
    return tenant_link("approvals", visit.tid or visit.list_tid)
