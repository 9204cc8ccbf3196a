"""One request of my own: where it stands; taking it back, asking for more time, giving up what it gave."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.entitlements.actions.requests import cancel_request, request_extension
from tidegate.entitlements.actions.requests import give_up as give_access_up
from tidegate.entitlements.contents import contents_of
from tidegate.entitlements.decided import list_awaited
from tidegate.entitlements.history import find_assignment, shown_state, timeline
from tidegate.entitlements.models import Assignment, AssignmentRequest, StageApprover
from tidegate.entitlements.own import get_own_assignment, get_own_request, own_assignments
from tidegate.entitlements.words import ApproverKind, RequestState
from tidegate.web.access_words import APPROVER_WORDS, TYPE_WORDS, say_contents, say_state, say_step
from tidegate.web.forms.my_access import OFFERED_SPANS, ExtensionForm, GiveUpForm
from tidegate.web.forms.submitting import submit
from tidegate.web.links import tenant_link
from tidegate.web.my_access import can_extend, longest_of, say_length
from tidegate.web.person_visit import PersonVisit, for_person
from tidegate.web.spans import shorter_than
from tidegate.web.views.my_access import ASIDE


@require_safe
@for_person("my_access")
def show(visit: PersonVisit, request_id: uuid.UUID) -> HttpResponseBase:
    """Where a request stands, the way it has come, and what can be done about it."""
    request = visit.find(lambda: get_own_request(visit.actor, visit.tenant_id, request_id))
    assignment = _delivered(visit, request)
    now, waits = clock.now(), request.state == RequestState.PENDING_APPROVAL
    in_force = assignment is not None and not assignment.is_over(now)
    contents = contents_of([request.package])[request.package_id]
    context = {
        "asked": request,
        "tenant": request.tenant,
        "kind": TYPE_WORDS.get(request.request_type, request.request_type),
        "state": say_state(shown_state(request, find_assignment(request))),
        "gives": say_contents(contents),
        "lines": [say_step(step) for step in timeline(request)],
        "awaited": [_say_approver(one) for one in list_awaited(request)] if waits else [],
        "waits": waits,
        "assignment": assignment,
        "in_force": in_force,
        "may_enter": assignment is not None and in_force and assignment.starts_at <= now,
        "can_extend": assignment is not None and can_extend(assignment, now),
        "back_url": tenant_link("my_access", visit.list_tid),
    }
    return visit.render("web/my_access/request.html", context, tenant=request.tenant, outside=ASIDE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person("my_access")
def cancel(visit: PersonVisit, request_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take back a request that nobody has decided."""
    request = visit.find(lambda: get_own_request(visit.actor, visit.tenant_id, request_id))
    tenant, names = request.tenant, _names(request)
    if visit.method == "POST":
        visit.attempt(
            lambda: cancel_request(visit.actor, visit.tenant_id, request_id),
            _("Your request was canceled."),
            tenant.display_name,
        )
        return visit.redirect("my_request", request_id)
    context = {
        "title": _("Cancel your request for %(package)s?") % names,
        "sentence": _("Nobody will be asked to decide it any more. You can ask again in %(tenant)s.") % names,
        "button": _("Cancel the request in %(tenant)s") % names,
        "back_url": visit.link("my_request", request_id),
    }
    return visit.render("web/my_access/confirm.html", context, tenant=tenant, outside=ASIDE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person("my_access")
def extend(visit: PersonVisit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Ask to keep for longer what one holds."""
    held = visit.find(lambda: get_own_assignment(visit.actor, visit.tenant_id, assignment_id))
    form, made = _extension_form(visit, held), list[AssignmentRequest]()
    if not can_extend(held, clock.now()) and visit.method != "POST":
        raise Conflict(_why_not(held))
    if visit.method == "POST" and submit(
        form, lambda values: made.append(_request_extension(visit, assignment_id, values))
    ):
        visit.tell(_("Your request was submitted."), held.tenant.display_name)
        return visit.redirect("my_request", made[0].id)
    context = {
        "held": held,
        "tenant": held.tenant,
        "gives": say_contents(contents_of([held.package])[held.package_id]),
        "form": form,
        "needs_approval": held.policy.extension_needs_approval and bool(held.policy.stages),
        "back_url": tenant_link("my_access", visit.list_tid),
    }
    status = 400 if form.errors else 200
    return visit.render("web/my_access/extend.html", context, status, tenant=held.tenant, outside=ASIDE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person("my_access")
def give_up(visit: PersonVisit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Ask, saying what is lost, then end one's own access now."""
    held = visit.find(lambda: get_own_assignment(visit.actor, visit.tenant_id, assignment_id))
    form = GiveUpForm(visit.request.POST if visit.method == "POST" else None)
    tenant, names = held.tenant, _names(held)
    if visit.method == "POST" and form.is_valid():
        done: list[AssignmentRequest] = []
        visit.attempt(
            lambda: done.append(
                give_access_up(
                    visit.actor,
                    visit.tenant_id,
                    assignment_id,
                    justification=form.cleaned_data["justification"],
                )
            ),
            _("You have given up %(package)s.") % names,
            tenant.display_name,
        )
        return _back_home(visit, done)
    context = {
        "title": _("Give up %(package)s?") % names,
        "sentence": _(
            "You lose what it gives you in %(tenant)s, from the next request on: %(gives)s. "
            "To have it again you must ask again."
        )
        % {**names, "gives": say_contents(contents_of([held.package])[held.package_id])},
        "button": _("Give up access to %(tenant)s") % names,
        "back_url": tenant_link("my_access", visit.list_tid),
        "form": form,
    }
    status = 400 if form.errors else 200
    return visit.render("web/my_access/confirm.html", context, status, tenant=tenant, outside=ASIDE)


def _back_home(visit: PersonVisit, done: list[AssignmentRequest]) -> HttpResponse:
    """To the request that ended it: whoever was a guest may no longer be inside."""
    if not done:
        return visit.redirect("my_access")
    return visit.redirect("my_request", done[0].id)


def _delivered(visit: PersonVisit, request: AssignmentRequest) -> Assignment | None:
    """What the request gave or was about."""
    if request.assignment_id is None:
        return None
    return own_assignments(visit.actor, request.tenant_id).filter(id=request.assignment_id).first()


def _extension_form(visit: PersonVisit, held: Assignment) -> ExtensionForm:
    policy = held.policy
    return ExtensionForm(
        visit.request.POST if visit.method == "POST" else None,
        longest=say_length(policy.expiration),
        spans=shorter_than(longest_of(policy), OFFERED_SPANS) if policy.allows_custom_duration else [],
        needs_reason=policy.is_justification_required,
    )


def _request_extension(
    visit: PersonVisit, assignment_id: uuid.UUID, values: Mapping[str, Any]
) -> AssignmentRequest:
    return request_extension(
        visit.actor,
        visit.tenant_id,
        assignment_id,
        justification=values["justification"],
        duration=values.get("duration"),
    )


def _why_not(held: Assignment) -> str:
    if held.is_over(clock.now()):
        return "This access has ended; it can be asked for again, not extended."
    return "This access has no end." if held.ends_at is None else "This access cannot be extended."


def _say_approver(approver: StageApprover) -> str:
    named = approver.user or approver.group
    return named.display_name if named else str(APPROVER_WORDS.get(ApproverKind(approver.kind), ""))


def _names(about: AssignmentRequest | Assignment) -> dict[str, str]:
    return {"package": about.package.display_name, "tenant": about.tenant.display_name}
