"""Roles: what each holds, and who holds it."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.actions.roles import assign_role, unassign_role
from tidegate.directory.people import OFFERED, find_user
from tidegate.directory.queries import list_groups, list_role_assignments, list_roles, list_users
from tidegate.web.confirming import ask
from tidegate.web.forms.roles import AssignRoleForm
from tidegate.web.forms.submitting import submit
from tidegate.web.views.many_directory import ROLES
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context
from tidegate.web.words import ROLE_PERMISSION_WORDS


@require_safe
@in_tenant("roles", Permission.ROLE_READ, many=ROLES)
def list_all(visit: Visit) -> HttpResponseBase:
    """The role table, and to whom each role is given."""
    response = _render(visit, None)
    visit.note_view("roles.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    return response


@require_http_methods(["POST"])
@in_tenant("roles", Permission.ROLE_ASSIGN)
def assign(visit: Visit) -> HttpResponseBase:
    """Give a role to a group or to a user."""
    visit.require(Permission.ROLE_ASSIGN)
    form = _form(visit, visit.request.POST)
    if is_preview(visit):
        return _render(visit, form, preview_context(visit, form, lambda values: give(visit, **values)))
    if submit(form, lambda values: give(visit, **values)):
        visit.tell(_("Role given."))
        return visit.redirect("roles")
    return _render(visit, form)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("roles", Permission.ROLE_ASSIGN)
def unassign(visit: Visit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take a role back."""
    visit.require(Permission.ROLE_ASSIGN)
    given = list_role_assignments(visit.scope, clock.now()).filter(id=assignment_id).first()
    if given is None:
        raise NotFound("There is no such role assignment.")
    if visit.method == "POST":
        visit.attempt(lambda: unassign_role(visit.scope, assignment_id), _("Role taken back."))
        return visit.redirect("roles")
    names = {
        "role": given.role.display_name,
        "holder": (given.group or given.user or given.role).display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    return ask(
        visit,
        title=_("Take %(role)s back from %(holder)s?") % names,
        sentence=_("%(holder)s loses %(role)s in %(tenant)s, from the next request on.") % names,
        button=_("Take back in %(tenant)s") % names,
        back_url=visit.link("roles"),
        change=lambda: unassign_role(visit.scope, assignment_id),
    )


def give(
    visit: Visit, *, role: uuid.UUID, group: uuid.UUID | None, user: str, ends_at: datetime | None
) -> None:
    """Give a role as a form says it: the user by name. Raises as the action, and for an unknown user."""
    user_id = find_user(visit.scope, user).id if user else None
    assign_role(visit.scope, role, group_id=group, user_id=user_id, ends_at=ends_at)


def _form(visit: Visit, data: object = None) -> AssignRoleForm:
    roles, groups = list(list_roles(visit.scope)), list(list_groups(visit.scope))
    return AssignRoleForm(data, roles=roles, groups=groups)


def _render(
    visit: Visit, form: AssignRoleForm | None, effects: Mapping[str, Any] | None = None
) -> HttpResponse:
    roles, may_assign = list(list_roles(visit.scope)), visit.scope.allows(Permission.ROLE_ASSIGN)
    context = {
        "roles": roles,
        "matrix": [
            (words, line, [line in role.lines for role in roles])
            for line, words in ROLE_PERMISSION_WORDS.items()
        ],
        "assignments": list(list_role_assignments(visit.scope, clock.now())),
        "may_assign": may_assign,
        "may_manage": visit.scope.allows(Permission.ROLE_MANAGE),
        "form": form or (_form(visit) if may_assign else None),
        "people": list(list_users(visit.scope)[:OFFERED]) if may_assign else [],
        **(effects or {}),
    }
    status = 400 if form and form.errors else 200
    return visit.render("web/roles/list.html", context, status)
