"""Groups: sets of users, through which roles are given."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.paging import SortKey, take_page
from tidegate.directory.actions.groups import (
    add_member,
    create_group,
    delete_group,
    update_group,
)
from tidegate.directory.models import Group
from tidegate.directory.people import OFFERED, find_user
from tidegate.directory.queries import (
    get_group,
    list_groups,
    list_memberships,
    list_role_assignments,
    list_users,
    with_use,
)
from tidegate.entitlements.actions.leaving import remove_member
from tidegate.web.confirming import ask
from tidegate.web.forms.directory import GroupForm, MemberForm
from tidegate.web.forms.submitting import submit
from tidegate.web.views.many_directory import GROUPS
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context

_ORDER = (SortKey("display_name", descending=False), SortKey("id", descending=False))

# Ids of memberships grow with time.
_LAST_ADDED = (SortKey("id"),)


@require_safe
@in_tenant("groups", Permission.GROUP_READ, many=GROUPS)
def list_all(visit: Visit) -> HttpResponseBase:
    """The tenant's groups, with how many are in each and what it gives."""
    groups = with_use(list_groups(visit.scope), clock.now())
    page = take_page(groups, _ORDER, cursor=visit.request.GET.get("cursor", ""))
    visit.note_view("groups.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "groups": page.rows,
        "newer_url": visit.link("groups", cursor=page.previous_cursor) if page.previous_cursor else "",
        "older_url": visit.link("groups", cursor=page.next_cursor) if page.next_cursor else "",
        "may_manage": visit.scope.allows(Permission.GROUP_MANAGE),
    }
    return visit.render("web/groups/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("groups", Permission.GROUP_MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """An empty group."""
    visit.require(Permission.GROUP_MANAGE)
    form, made = GroupForm(visit.request.POST or None), list[Group]()
    if visit.method == "POST" and submit(
        form, lambda values: made.append(create_group(visit.scope, **values))
    ):
        visit.tell(_("%(name)s created.") % {"name": made[0].display_name})
        return visit.redirect("group", made[0].id)
    return _render_form(visit, form, _("New group"), _("Create group"), visit.link("groups"))


@require_safe
@in_tenant("groups", Permission.GROUP_READ)
def show(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Who is in a group, from when to when, and what it gives them."""
    group = get_group(visit.scope, group_id)
    visit.note_view("group.viewed", Target("group", str(group.id), group.display_name))
    return _render_group(visit, group, None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("groups", Permission.GROUP_MANAGE)
def rename(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Another name or description."""
    visit.require(Permission.GROUP_MANAGE)
    group = get_group(visit.scope, group_id)
    initial = {"display_name": group.display_name, "description": group.description}
    form = GroupForm(visit.request.POST or None, initial=initial)
    if visit.method == "POST" and submit(form, lambda values: update_group(visit.scope, group_id, **values)):
        visit.tell(_("Group saved."))
        return visit.redirect("group", group_id)
    title = _("Edit %(name)s") % {"name": group.display_name}
    return _render_form(visit, form, title, _("Save"), visit.link("group", group_id))


@require_http_methods(["POST"])
@in_tenant("groups", Permission.GROUP_MANAGE)
def add(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Put a user in the group."""
    visit.require(Permission.GROUP_MANAGE)
    group = get_group(visit.scope, group_id)
    form = MemberForm(visit.request.POST)
    if is_preview(visit):
        seen = preview_context(visit, form, lambda values: _add(visit, group_id, **values))
        return _render_group(visit, group, form, effects=seen)
    if submit(form, lambda values: _add(visit, group_id, **values)):
        visit.tell(_("Added to %(name)s.") % {"name": group.display_name})
        return visit.redirect("group", group_id)
    return _render_group(visit, group, form)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("groups", Permission.GROUP_MANAGE)
def take_out(visit: Visit, group_id: uuid.UUID, membership_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then end a membership."""
    visit.require(Permission.GROUP_MANAGE)
    found = list_memberships(visit.scope, clock.now()).filter(group_id=group_id, id=membership_id).first()
    if found is None:
        raise NotFound("There is no such membership.")
    if visit.method == "POST":
        visit.attempt(lambda: remove_member(visit.scope, membership_id), _("Taken out of the group."))
        return visit.redirect("group", group_id)
    names = {
        "name": found.user.display_name,
        "group": found.group.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    return ask(
        visit,
        title=_("Take %(name)s out of %(group)s?") % names,
        sentence=_("%(name)s loses what %(group)s gives in %(tenant)s, from the next request on.") % names,
        button=_("Take out of %(group)s") % names,
        back_url=visit.link("group", group_id),
        change=lambda: remove_member(visit.scope, membership_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("groups", Permission.GROUP_MANAGE)
def delete(visit: Visit, group_id: uuid.UUID) -> HttpResponseBase:
    """Ask, saying what the group gives to whom, then delete it."""
    visit.require(Permission.GROUP_MANAGE)
    group, names = get_group(visit.scope, group_id), {"tenant": visit.scope.entry.tenant_name}
    names["group"] = group.display_name
    if visit.method == "POST":
        deleted = visit.attempt(lambda: delete_group(visit.scope, group_id), _("%(group)s deleted.") % names)
        return visit.redirect("groups") if deleted else visit.redirect("group", group_id)
    return ask(
        visit,
        title=_("Delete %(group)s?") % names,
        sentence=_("%(group)s is deleted from %(tenant)s for good.") % names,
        button=_("Delete from %(tenant)s") % names,
        back_url=visit.link("group", group_id),
        consequences=_consequences(visit, group_id, clock.now()),
        change=lambda: delete_group(visit.scope, group_id),
    )


def _consequences(visit: Visit, group_id: uuid.UUID, now: datetime) -> list[str]:
    members = list_memberships(visit.scope, now).filter(group_id=group_id).count()
    given = list_role_assignments(visit.scope, now).filter(group_id=group_id)
    lost = [_("They lose the role %(role)s.") % {"role": one.role.display_name} for one in given]
    people = ngettext("%(count)d person is in it.", "%(count)d people are in it.", members)
    return [people % {"count": members}, *(lost or [_("It gives no role.")])]


def _add(visit: Visit, group_id: uuid.UUID, *, user: str, ends_at: datetime | None) -> None:
    add_member(visit.scope, group_id, find_user(visit.scope, user).id, ends_at=ends_at)


def _render_group(
    visit: Visit, group: Group, form: MemberForm | None, effects: Mapping[str, Any] | None = None
) -> HttpResponse:
    now, may_manage = clock.now(), visit.scope.allows(Permission.GROUP_MANAGE)
    held = Q(group_id=group.id)
    members = list_memberships(visit.scope, now).filter(held)
    page = take_page(members, _LAST_ADDED, cursor=visit.request.GET.get("cursor", ""))
    context = {
        "group": group,
        "memberships": page.rows,
        "total": members.count(),
        "newer_url": _page_url(visit, group, page.previous_cursor),
        "older_url": _page_url(visit, group, page.next_cursor),
        "assignments": list(list_role_assignments(visit.scope, now).filter(held)),
        "may_manage": may_manage,
        "form": form or (MemberForm() if may_manage else None),
        "people": list(list_users(visit.scope)[:OFFERED]) if may_manage else [],
        **(effects or {}),
    }
    status = 400 if form and form.errors else 200
    return visit.render("web/groups/show.html", context, status, of=f"group:{group.id}")


def _page_url(visit: Visit, group: Group, cursor: str) -> str:
    return visit.link("group", group.id, cursor=cursor) if cursor else ""


def _render_form(visit: Visit, form: GroupForm, title: str, button: str, back_url: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "button": button,
        "back_url": back_url,
        "crumbs": [(_("Groups"), visit.link("groups"))],
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)
