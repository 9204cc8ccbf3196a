"""One role: what it holds and who holds it; and roles of the tenant's own, made and changed."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.directory.actions.custom_roles import create_role, delete_role, update_role
from tidegate.directory.models import Role
from tidegate.directory.people import OFFERED
from tidegate.directory.queries import (
    get_role,
    list_groups,
    list_role_assignments,
    list_roles,
    list_users,
)
from tidegate.web.confirming import ask
from tidegate.web.forms.roles import GiveRoleForm, RoleForm
from tidegate.web.forms.submitting import submit
from tidegate.web.role_table import read_table
from tidegate.web.views.roles import give
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context


@require_safe
@in_tenant("roles", Permission.ROLE_READ)
def show(visit: Visit, role_id: uuid.UUID) -> HttpResponseBase:
    """What a role opens, and who holds it."""
    role = get_role(visit.scope, role_id)
    visit.note_view("role.viewed", Target("role", str(role.id), role.display_name))
    return _render_role(visit, role, None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("roles", Permission.ROLE_MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """A role of the tenant's own, from nothing or from another role."""
    visit.require(Permission.ROLE_MANAGE)
    source, made = _read_source(visit), list[Role]()
    form = RoleForm(visit.request.POST or None, initial=_copy(source) if source else None)
    if visit.method == "POST" and submit(
        form, lambda values: made.append(create_role(visit.scope, **values))
    ):
        visit.tell(_("%(name)s created.") % {"name": made[0].display_name})
        return visit.redirect("role", made[0].id)
    context = {
        "title": _("New role"),
        "button": _("Create role"),
        "back_url": visit.link("roles"),
        "roles": list(list_roles(visit.scope)),
        "source": source,
    }
    return _render_form(visit, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("roles", Permission.ROLE_MANAGE)
def edit(visit: Visit, role_id: uuid.UUID) -> HttpResponseBase:
    """Another name, other lines; what that changes is seen first by whoever asks."""
    visit.require(Permission.ROLE_MANAGE)
    role = get_role(visit.scope, role_id)
    form, effects = RoleForm(visit.request.POST or None, initial=_read(role)), dict[str, Any]()

    def update(values: Mapping[str, Any]) -> None:
        update_role(visit.scope, role_id, **values)

    if is_preview(visit):
        effects = preview_context(visit, form, update)
    elif visit.method == "POST" and submit(form, update):
        visit.tell(_("Role saved."))
        return visit.redirect("role", role_id)
    context = {
        "title": _("Edit %(name)s") % {"name": role.display_name},
        "button": _("Save"),
        "back_url": visit.link("role", role_id),
        "may_preview": True,
        **effects,
    }
    return _render_form(visit, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("roles", Permission.ROLE_MANAGE)
def delete(visit: Visit, role_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then delete a role that nobody holds."""
    visit.require(Permission.ROLE_MANAGE)
    role = get_role(visit.scope, role_id)
    names = {"role": role.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        deleted = visit.attempt(lambda: delete_role(visit.scope, role_id), _("%(role)s deleted.") % names)
        return visit.redirect("roles") if deleted else visit.redirect("role", role_id)
    return ask(
        visit,
        title=_("Delete %(role)s?") % names,
        sentence=_("%(role)s is deleted from %(tenant)s for good.") % names,
        button=_("Delete from %(tenant)s") % names,
        back_url=visit.link("role", role_id),
        change=lambda: delete_role(visit.scope, role_id),
    )


@require_http_methods(["POST"])
@in_tenant("roles", Permission.ROLE_ASSIGN)
def assign(visit: Visit, role_id: uuid.UUID) -> HttpResponseBase:
    """Give this role to a group or to a user."""
    visit.require(Permission.ROLE_ASSIGN)
    role = get_role(visit.scope, role_id)
    form, effects = _give_form(visit, visit.request.POST), dict[str, Any]()

    def act(values: Mapping[str, Any]) -> None:
        give(visit, role=role_id, **values)

    if is_preview(visit):
        effects = preview_context(visit, form, act)
    elif submit(form, act):
        visit.tell(_("Role given."))
        return visit.redirect("role", role_id)
    return _render_role(visit, role, form, effects)


def _read_source(visit: Visit) -> Role | None:
    """The role to begin from, where the address names one."""
    source_id = parse_uuid(visit.request.GET.get("from", ""))
    return get_role(visit.scope, source_id) if source_id else None


def _read(role: Role) -> dict[str, Any]:
    return {"display_name": role.display_name, "description": role.description, "lines": sorted(role.lines)}


def _copy(role: Role) -> dict[str, Any]:
    return {**_read(role), "display_name": _("Copy of %(name)s") % {"name": role.display_name}}


def _give_form(visit: Visit, data: object = None) -> GiveRoleForm:
    return GiveRoleForm(data, groups=list(list_groups(visit.scope)))


def _render_form(visit: Visit, form: RoleForm, context: Mapping[str, Any]) -> HttpResponse:
    table = form.table(visit.scope.entry.permissions)
    values = {"form": form, "table": table, **context}
    return visit.render("web/roles/form.html", values, status=400 if form.errors else 200)


def _render_role(
    visit: Visit, role: Role, form: GiveRoleForm | None, effects: Mapping[str, Any] | None = None
) -> HttpResponse:
    scope = visit.scope
    may_assign = scope.allows(Permission.ROLE_ASSIGN)
    context = {
        "role": role,
        "table": read_table(role.lines, scope.entry.permissions),
        "assignments": list(list_role_assignments(scope, clock.now()).filter(role_id=role.id)),
        "may_manage": scope.allows(Permission.ROLE_MANAGE),
        "may_assign": may_assign,
        "form": form or (_give_form(visit) if may_assign else None),
        "people": list(list_users(scope)[:OFFERED]) if may_assign else [],
        **(effects or {}),
    }
    status = 400 if form and form.errors else 200
    return visit.render("web/roles/show.html", context, status, of=f"role:{role.id}")
