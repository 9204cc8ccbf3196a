"""The administrator's side of elevation: who is eligible for what, and what was made of it."""

import uuid
from datetime import datetime, timedelta

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey, take_page
from tidegate.directory.people import OFFERED, find_user
from tidegate.directory.queries import list_groups, list_roles, list_users
from tidegate.entitlements.actions.eligibilities import end_eligibility, make_eligible
from tidegate.entitlements.elevating import (
    get_eligibility,
    list_activations,
    list_eligibilities,
    list_open,
)
from tidegate.entitlements.models import Eligibility
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ActivationState, ApproverKind
from tidegate.web.confirming import ask
from tidegate.web.elevation import make_row, name_approvers
from tidegate.web.forms.elevation import EligibilityForm
from tidegate.web.forms.submitting import submit
from tidegate.web.spans import say_span
from tidegate.web.views.elevation import segments
from tidegate.web.visit import Visit, in_tenant

# Ids of eligibilities and activations grow with time.
_NEWEST = (SortKey("id"),)


@require_safe
@in_tenant("elevation", Permission.ROLE_READ)
def list_all(visit: Visit) -> HttpResponseBase:
    """Who may take up which role, for how long, and with whose leave."""
    page = take_page(list_eligibilities(visit.scope), _NEWEST, cursor=visit.request.GET.get("cursor", ""))
    names = name_approvers(visit.scope, page.rows)
    visit.note_view("eligibilities.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "rows": [(row, say_span(row.longest), names[row.id]) for row in page.rows],
        "newer_url": _page_url(visit, "eligibilities", page.previous_cursor),
        "older_url": _page_url(visit, "eligibilities", page.next_cursor),
        "may_manage": visit.scope.allows(Permission.ROLE_ASSIGN),
        "segments": segments(visit, "eligibilities"),
    }
    return visit.render("web/elevation/eligibilities.html", context)


@require_safe
@in_tenant("elevation", Permission.ROLE_READ)
def list_history(visit: Visit) -> HttpResponseBase:
    """Everything that was activated, or asked for; newest first."""
    page = take_page(list_activations(visit.scope), _NEWEST, cursor=visit.request.GET.get("cursor", ""))
    visit.note_view("elevations.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "rows": [make_row(one) for one in page.rows],
        "newer_url": _page_url(visit, "elevation_history", page.previous_cursor),
        "older_url": _page_url(visit, "elevation_history", page.next_cursor),
        "segments": segments(visit, "elevation_history"),
    }
    return visit.render("web/elevation/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("elevation", Permission.ROLE_ASSIGN)
def create(visit: Visit) -> HttpResponseBase:
    """Let a user, or everybody in a group, take up a role."""
    visit.require(Permission.ROLE_ASSIGN)
    form = EligibilityForm(
        visit.request.POST or None,
        roles=list(list_roles(visit.scope)),
        groups=list(list_groups(visit.scope)),
    )
    if visit.method == "POST" and submit(form, lambda values: _make(visit, **values)):
        visit.tell(_("Eligible now."))
        return visit.redirect("eligibilities")
    return _render_form(visit, form)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("elevation", Permission.ROLE_ASSIGN)
def end(visit: Visit, eligibility_id: uuid.UUID) -> HttpResponseBase:
    """Ask, saying what ends with it, then end an eligibility."""
    visit.require(Permission.ROLE_ASSIGN)
    eligibility = get_eligibility(visit.scope, eligibility_id)
    if visit.method == "POST":
        visit.attempt(lambda: end_eligibility(visit.scope, eligibility_id), _("Eligibility ended."))
        return visit.redirect("eligibilities")
    names = {
        "role": eligibility.role.display_name,
        "holder": (eligibility.group or eligibility.user or eligibility.role).display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    return ask(
        visit,
        title=_("End that %(holder)s may activate %(role)s?") % names,
        sentence=_("%(holder)s can activate %(role)s in %(tenant)s no more.") % names,
        button=_("End in %(tenant)s") % names,
        back_url=visit.link("eligibilities"),
        consequences=_consequences(visit, eligibility),
    )


def _make(  # noqa: PLR0913  what the form asks, each by name
    visit: Visit,
    *,
    role: uuid.UUID,
    group: uuid.UUID | None,
    user: str,
    longest: timedelta,
    people: str,
    ends_at: datetime | None,
    groups: list[uuid.UUID] | None = None,
) -> None:
    if (group is None) == (not user):
        raise InvalidInput(fields={"user": "must be one group or one user"})
    lines = [line.strip() for line in people.splitlines() if line.strip()]
    approvers = [Approver(ApproverKind.USER, find_user(visit.scope, line, "people").id) for line in lines]
    approvers += [Approver(ApproverKind.GROUP, group_id) for group_id in groups or []]
    make_eligible(
        visit.scope,
        role,
        group_id=group,
        user_id=find_user(visit.scope, user).id if user else None,
        longest=longest,
        approvers=approvers,
        ends_at=ends_at,
    )


def _consequences(visit: Visit, eligibility: Eligibility) -> list[str]:
    rows = list(list_open(visit.scope, eligibility.id))
    active = [row for row in rows if row.state == ActivationState.ACTIVE]
    said = [_("%(person)s loses the role now.") % {"person": row.user.display_name} for row in active]
    waiting = len(rows) - len(active)
    words = ngettext("%(count)d wish is taken back.", "%(count)d wishes are taken back.", waiting)
    return [*said, *([words % {"count": waiting}] if waiting else [])] or [_("Nobody has it active now.")]


def _render_form(visit: Visit, form: EligibilityForm) -> HttpResponse:
    context = {"form": form, "people": list(list_users(visit.scope)[:OFFERED])}
    return visit.render("web/elevation/create.html", context, status=400 if form.errors else 200)


def _page_url(visit: Visit, name: str, cursor: str) -> str:
    return visit.link(name, cursor=cursor) if cursor else ""
