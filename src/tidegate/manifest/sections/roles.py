"""Roles of a tenant's own, and roles given to groups and users."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.actions.custom_roles import create_role, delete_role, update_role
from tidegate.directory.actions.roles import assign_role, move_role_end, unassign_role
from tidegate.directory.models import Group, Role, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.queries import list_role_assignments, list_roles
from tidegate.entitlements.models import Activation
from tidegate.manifest.desk import Desk, find_named, get_named, given
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.directory import RoleForm, RoleGiven, RoleGivenForm
from tidegate.manifest.times import read_moment, say_end, write_moment

type Holder = Group | User


def settle_role(desk: Desk, form: RoleForm) -> None:
    """Make it, or change it."""
    role = find_named(list_roles(desk.scope), form.display_name)
    if role is None:
        _create(desk, form)
        return
    before = _columns(role)
    wanted = {
        **before,
        **given(
            display_name=form.display_name,
            description=form.description,
            role_permissions=_sorted(form.role_permissions),
        ),
    }
    if wanted != before:
        update_role(
            desk.scope,
            role.id,
            display_name=str(wanted["display_name"]),
            description=str(wanted["description"]),
            lines=role.lines if form.role_permissions is UNSET else form.role_permissions,
        )
        desk.note_changes(f"role {role.display_name} in {desk.tenant_name}", before, wanted)


def clear_role(desk: Desk, form: RoleForm) -> None:
    """Delete it."""
    role = find_named(list_roles(desk.scope), form.display_name)
    if form.state == "absent" and role is not None:
        delete_role(desk.scope, role.id)
        desk.note(f"delete role {role.display_name} in {desk.tenant_name}")


def describe_roles(scope: Scope) -> list[RoleForm]:
    """Those that are not built in."""
    return [
        RoleForm(
            display_name=role.display_name,
            description=role.description,
            role_permissions=sorted(role.lines),
        )
        for role in list_roles(scope).filter(is_built_in=False)
    ]


def settle_given(desk: Desk, named: RoleGiven, holder: Holder) -> None:
    """Give a role to a group or a user, or give it another end."""
    form = _read(named)
    if form.state == "absent":
        return
    role = get_named(list_roles(desk.scope), "role", form.role)
    ends_at = read_moment(form.ends_at) if form.ends_at else None
    held = _held(desk.scope, holder).filter(role_id=role.id).first()
    if held is None:
        assign_role(desk.scope, role.id, ends_at=ends_at, **_key(holder))
        until = f" {say_end(ends_at)}" if ends_at else ""
        desk.note(f"give role {role.display_name} to {_name(holder)} in {desk.tenant_name}{until}")
    elif form.ends_at is not UNSET and held.ends_at != ends_at:
        move_role_end(desk.scope, held.id, ends_at=ends_at)
        what = f"role {role.display_name} of {_name(holder)} in {desk.tenant_name}"
        desk.note_changes(what, {"end": held.ends_at}, {"end": ends_at})


def clear_given(desk: Desk, named: RoleGiven, holder: Holder) -> None:
    """Take a role back."""
    form = _read(named)
    if form.state != "absent":
        return
    role = get_named(list_roles(desk.scope), "role", form.role)
    for held in _held(desk.scope, holder).filter(role_id=role.id):
        unassign_role(desk.scope, held.id)
        desk.note(f"take role {role.display_name} from {_name(holder)} in {desk.tenant_name}")


def describe_given(scope: Scope, holder: Holder) -> list[RoleGiven]:
    """The roles that a group or a user holds now, by name."""
    rows = _held(scope, holder).filter(in_force(clock.now()))
    return [
        RoleGivenForm(role=one.role.display_name, ends_at=write_moment(one.ends_at))
        if one.ends_at
        else one.role.display_name
        for one in rows
    ]


def _create(desk: Desk, form: RoleForm) -> None:
    if form.role_permissions is UNSET:
        raise InvalidInput(fields={"role_permissions": "are needed for a role that is not there yet"})
    description = "" if form.description is UNSET else form.description
    role = create_role(
        desk.scope,
        display_name=form.display_name,
        description=description,
        lines=form.role_permissions,
    )
    desk.note(f"create role {role.display_name} in {desk.tenant_name}")


def _columns(role: Role) -> dict[str, object]:
    return {
        "display_name": role.display_name,
        "description": role.description,
        "role_permissions": _sorted(role.lines),
    }


def _sorted(lines: object) -> object:
    return sorted(lines) if isinstance(lines, Iterable) else UNSET


def _held(scope: Scope, holder: Holder) -> QuerySet[RoleAssignment]:
    """What a holder holds now or will, but for what was lent for hours."""
    lent = Activation.objects.in_scope(scope).filter(role_assignment_id__isnull=False)
    rows = list_role_assignments(scope, clock.now()).filter(**_key(holder))
    return rows.exclude(id__in=lent.values("role_assignment_id"))


def _key(holder: Holder) -> dict[str, uuid.UUID]:
    return {"group_id" if isinstance(holder, Group) else "user_id": holder.id}


def _name(holder: Holder) -> str:
    return f"group {holder.display_name}" if isinstance(holder, Group) else holder.mail


def _read(named: RoleGiven) -> RoleGivenForm:
    return RoleGivenForm(role=named) if isinstance(named, str) else named
