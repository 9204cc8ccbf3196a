"""Broken glass: what the customer sees of it, and what whoever broke it writes afterwards."""

import uuid

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation
from tidegate.core import clock
from tidegate.core.paging import SortKey, take_page
from tidegate.entitlements.acting import assignment_target
from tidegate.entitlements.actions.assignments import remove_assignment
from tidegate.entitlements.actions.write_ups import acknowledge_write_up, submit_write_up
from tidegate.entitlements.writing_up import get_opening, get_own_write_up, list_openings, own_write_ups
from tidegate.web.break_glass import make_row, say_standing
from tidegate.web.confirming import ask
from tidegate.web.forms.elevation import WriteUpForm
from tidegate.web.forms.submitting import submit
from tidegate.web.person_visit import PersonVisit, for_person
from tidegate.web.visit import Visit, in_tenant

# Ids grow with time.
_NEWEST = (SortKey("id"),)
_OWN_AT_MOST = 50


@require_safe
@in_tenant("break_glass", Permission.ENTITLEMENT_READ)
def list_all(visit: Visit) -> HttpResponseBase:
    """Every time that somebody broke the glass here, newest first."""
    page = take_page(list_openings(visit.scope), _NEWEST, cursor=visit.request.GET.get("cursor", ""))
    visit.note_view("break_glass.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "rows": [make_row(visit, one) for one in page.rows],
        "newer_url": visit.link("break_glass", cursor=page.previous_cursor) if page.previous_cursor else "",
        "older_url": visit.link("break_glass", cursor=page.next_cursor) if page.next_cursor else "",
    }
    return visit.render("web/break_glass/list.html", context)


@require_safe
@in_tenant("break_glass", Permission.ENTITLEMENT_READ)
def show(visit: Visit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Who went in, who confirmed it, when, what they did, and what they wrote about it."""
    write_up = get_opening(visit.scope, assignment_id)
    visit.note_view("break_glass.viewed", assignment_target(write_up.assignment))
    is_own = write_up.account_id == visit.scope.actor.account_id
    may_manage = visit.scope.allows(Permission.ENTITLEMENT_MANAGE)
    is_member = visit.scope.entry.relation == Relation.MEMBER
    context = {
        "row": make_row(visit, write_up),
        "may_end": may_manage,
        "may_take_note": may_manage and is_member and not is_own,
        "is_own": is_own,
    }
    return visit.render("web/break_glass/show.html", context)


@require_http_methods(["POST"])
@in_tenant("break_glass", Permission.ENTITLEMENT_MANAGE)
def take_note(visit: Visit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Say that the write-up was read."""
    visit.require(Permission.ENTITLEMENT_MANAGE)
    visit.attempt(lambda: acknowledge_write_up(visit.scope, assignment_id), _("Write-up seen."))
    return visit.redirect("opening", assignment_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("break_glass", Permission.ENTITLEMENT_MANAGE)
def end(visit: Visit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then end the access while it lasts."""
    visit.require(Permission.ENTITLEMENT_MANAGE)
    held = get_opening(visit.scope, assignment_id).assignment
    if visit.method == "POST":
        visit.attempt(lambda: remove_assignment(visit.scope, assignment_id), _("Access ended."))
        return visit.redirect("opening", assignment_id)
    names = {"person": held.user.display_name, "tenant": visit.scope.entry.tenant_name}
    return ask(
        visit,
        title=_("End the emergency access of %(person)s?") % names,
        sentence=_("%(person)s is out of %(tenant)s from the next request on.") % names,
        button=_("End in %(tenant)s") % names,
        back_url=visit.link("opening", assignment_id),
    )


@require_safe
@for_person("my_access")
def list_own(visit: PersonVisit) -> HttpResponseBase:
    """One's own write-ups in every tenant: those that are owed, those that are written."""
    now = clock.now()
    rows = own_write_ups(visit.actor)[:_OWN_AT_MOST]
    context = {
        "rows": [
            (row, *say_standing(row), row.written_at is None and row.assignment.is_over(now)) for row in rows
        ]
    }
    return visit.render("web/break_glass/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person("my_access")
def write(visit: PersonVisit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """What happened, in the words of whoever broke the glass; also once they can no longer enter."""
    own = visit.find(lambda: get_own_write_up(visit.actor, visit.tenant_id, assignment_id))
    tenant = own.tenant
    form = WriteUpForm(visit.request.POST or None)
    if visit.method == "POST" and submit(
        form, lambda values: submit_write_up(visit.actor, tenant.id, assignment_id, **values)
    ):
        visit.tell(_("Write-up submitted."), tenant.display_name)
        return visit.redirect("write_up", assignment_id)
    context = {
        "own": own,
        "tenant": tenant,
        "standing": say_standing(own),
        "form": form,
        "can_write": own.written_at is None and own.assignment.is_over(clock.now()),
    }
    return visit.render(
        "web/break_glass/write.html",
        context,
        400 if form.errors else 200,
        tenant=tenant,
        outside=_("You write about your emergency access here"),
    )
