"""Approvals: what waits for one's decision, in one tenant or in all; deciding; what one has decided."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.core.paging import SortKey, take_page
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.contents import contents_of, holding_of
from tidegate.entitlements.decided import get_seen, list_decided, stages_of
from tidegate.entitlements.history import find_assignment, shown_state, timeline
from tidegate.entitlements.inbox import list_pending
from tidegate.entitlements.models import AssignmentRequest
from tidegate.entitlements.words import RequestType, StageState
from tidegate.web.access_words import say_contents, say_state, say_step
from tidegate.web.approvals import (
    MANY,
    Place,
    bulk_actions,
    place_among,
    reads_approval,
    safe_longest,
    say_who_asks,
    waiting_rows,
)
from tidegate.web.duties import deciding_duties
from tidegate.web.forms.my_access import DecisionForm
from tidegate.web.forms.submitting import submit
from tidegate.web.frame import tenant_badge
from tidegate.web.links import tenant_link
from tidegate.web.person_visit import PersonVisit, for_person
from tidegate.web.spans import say_span

ASIDE: Final = gettext_lazy("You approve here")
_LAST: Final = (SortKey("id"),)


@require_safe
@for_person("approvals")
def list_waiting(visit: PersonVisit) -> HttpResponseBase:
    """The inbox: at home of every tenant, in a tenant of that one. Oldest first."""
    waiting = list(list_pending(visit.actor, visit.where)[: MANY + 1])
    if visit.scope is None and not visit.is_home and not waiting:
        raise visit.refuse()
    rows = waiting_rows(waiting[:MANY])
    context = {
        "duties": deciding_duties(visit.scope),
        "rows": rows,
        "is_everywhere": visit.where is None,
        "more": len(waiting) > MANY,
        "segments": _segments(visit, "approvals"),
        "bulk_actions": bulk_actions(),
        "where_name": "" if visit.where is None or not rows else rows[0].badge.display_name,
    }
    tenant = waiting[0].tenant if waiting and visit.where else None
    return visit.render("web/approvals/list.html", context, tenant=tenant, outside=ASIDE)


@require_safe
@for_person("approvals")
def list_past(visit: PersonVisit) -> HttpResponseBase:
    """What one has decided, last first, and what became of it."""
    stages = list_decided(visit.actor, visit.where)
    page = take_page(stages, _LAST, cursor=visit.request.GET.get("cursor", ""))
    if visit.scope is None and not visit.is_home and not page.rows:
        raise visit.refuse()
    context = {
        "rows": [(stage, tenant_badge(stage.tenant_id, stage.tenant.display_name)) for stage in page.rows],
        "is_everywhere": visit.where is None,
        "segments": _segments(visit, "approvals_decided"),
        "newer_url": _page_url(visit, page.previous_cursor),
        "older_url": _page_url(visit, page.next_cursor),
    }
    tenant = page.rows[0].tenant if page.rows and visit.where else None
    return visit.render("web/approvals/past.html", context, tenant=tenant, outside=ASIDE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person("approvals")
def show(visit: PersonVisit, request_id: uuid.UUID) -> HttpResponseBase:
    """One request: decide it here; once it was decided, by whom and when."""
    if visit.method == "POST":
        return _decide(visit, request_id)
    request = visit.find(lambda: get_seen(visit.actor, visit.tenant_id, request_id))
    place = place_among(visit.actor, request)
    return _show(visit, request, place, _make_form(request) if place else None)


def _decide(visit: PersonVisit, request_id: uuid.UUID) -> HttpResponse:
    approves = reads_approval(visit.request.POST.get("decision", ""))
    request = visit.find(lambda: get_seen(visit.actor, visit.tenant_id, request_id))
    place = place_among(visit.actor, request)
    form, refused = _make_form(request, visit.request.POST), list[Conflict]()
    decided = submit(form, lambda values: _submit(visit, request_id, values, refused, approves=approves))
    if refused:
        raise refused[0]
    if not decided:
        return _show(visit, request, place, form)
    done = _("Approved for %(person)s.") if approves else _("Denied to %(person)s.")
    visit.tell(done % {"person": request.requestor_name}, request.tenant.display_name)
    return HttpResponseRedirect(_next_address(visit, place))


def _submit(
    visit: PersonVisit,
    request_id: uuid.UUID,
    values: Mapping[str, Any],
    refused: list[Conflict],
    *,
    approves: bool,
) -> None:
    """Decide. What was decided meanwhile is no fault of the form's: it is kept for the page that says so."""
    try:
        decide(
            visit.actor,
            visit.tenant_id,
            request_id,
            approves=approves,
            justification=values["justification"],
            duration=values["duration"] if approves else None,
        )
    except Conflict as error:
        refused.append(error)


def _segments(visit: PersonVisit, current: str) -> list[dict[str, object]]:
    words = {"approvals": _("Waiting"), "approvals_decided": _("Decided by me")}
    tid = visit.tid or visit.list_tid
    return [
        {"label": label, "url": tenant_link(name, tid), "count": None, "current": name == current}
        for name, label in words.items()
    ]


def _page_url(visit: PersonVisit, cursor: str) -> str:
    return tenant_link("approvals_decided", visit.tid or visit.list_tid, cursor=cursor) if cursor else ""


def _show(
    visit: PersonVisit, request: AssignmentRequest, place: Place | None, form: DecisionForm | None
) -> HttpResponse:
    stages = stages_of(request)
    current = next((stage for stage in stages if stage.state == StageState.IN_PROGRESS), None)
    longest = safe_longest(request)
    until = _until(request, longest) if place else None
    context = {
        "asked": request,
        "title": say_who_asks(request),
        "tenant": request.tenant,
        "place": place,
        "gives": say_contents(contents_of([request.package])[request.package_id]),
        "longest": say_span(longest),
        "until": until,
        "until_style": _style(until),
        "asked_style": _style(request.created_at),
        "lapse_style": _style(current.expires_at if current else None),
        "holding": holding_of(request.tenant_id, request.requestor_id),
        "stages": stages,
        "current": current,
        "is_extension": request.request_type == RequestType.USER_EXTEND,
        "answers": [answer for answer in request.answers if answer["answer"]],
        "form": form if place else None,
        "spans": form.span_words if form and place else [],
        "state": say_state(shown_state(request, find_assignment(request))),
        "lines": [] if place else [say_step(step) for step in timeline(request)],
        "back_url": tenant_link("approvals", visit.list_tid),
    }
    status = 400 if form and form.errors else 200
    return visit.render(
        "web/approvals/show.html", context, status, tenant=request.tenant, outside=ASIDE, inside=ASIDE
    )


def _style(at: datetime | None) -> str:
    """Today is told by the clock alone, the weeks around it by their days, what is further away in full."""
    if at is None or abs(at - clock.now()) > timedelta(days=60):
        return "full"
    is_today = timezone.localtime(at).date() == timezone.localtime(clock.now()).date()
    return "clock" if is_today else "weekday"


def _until(request: AssignmentRequest, longest: timedelta | None) -> datetime | None:
    begins = max(request.asked_starts_at or clock.now(), clock.now())
    return begins + longest if longest is not None else None


def _make_form(request: AssignmentRequest, sent: Mapping[str, Any] | None = None) -> DecisionForm:
    return DecisionForm(sent, longest=safe_longest(request))


def _next_address(visit: PersonVisit, place: Place | None) -> str:
    """To the next one that waits, else back to the inbox."""
    beside = (place.next_url or place.previous_url) if place else ""
    return beside or tenant_link("approvals", visit.list_tid)
