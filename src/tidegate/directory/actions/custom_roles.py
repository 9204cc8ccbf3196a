"""Roles that a tenant makes for itself, out of the lines of the permission table.

Built-in roles are the product's: nobody changes or deletes them.
"""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import ProtectedError

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.models import Role
from tidegate.directory.policy import check_may_give, lock_directory
from tidegate.directory.queries import get_role, list_role_assignments

type Lines = Collection[RolePermission]


def create_role(scope: Scope, *, display_name: str, description: str, lines: Lines) -> Role:
    """Make a role of these lines.

    Raises Forbidden for lines that open more than the actor may do, InvalidInput, Conflict when the
    name is taken.
    """
    require(scope, Permission.ROLE_MANAGE)
    name, words = _clean(display_name, description, lines)
    with transaction.atomic():
        lock_directory(scope)
        # Nobody holds it yet: until when they may give it is asked when it is given.
        check_may_give(scope, lines, until=clock.now())
        _check_name_free(scope, name, None)
        role = Role.rows.create(
            tenant_id=scope.tenant_id, display_name=name, description=words, role_permissions=_keep(lines)
        )
        record(scope, "role.created", _target(role), details={"lines": sorted(lines)})
    return role


def update_role(
    scope: Scope, role_id: uuid.UUID, *, display_name: str, description: str, lines: Lines
) -> Role:
    """Give a role of the tenant's own another name, description or other lines, for all who hold it.

    Raises Forbidden for new lines that open more than the actor may do, or than they hold for good;
    NotFound, InvalidInput, Conflict for a built-in role or a name that is taken.
    """
    require(scope, Permission.ROLE_MANAGE)
    name, words = _clean(display_name, description, lines)
    with transaction.atomic():
        lock_directory(scope)
        role = _get_own_role(scope, role_id)
        check_may_give(scope, set(lines) - role.lines, until=None)
        _check_name_free(scope, name, role_id)
        before = {
            "display_name": role.display_name,
            "description": role.description,
            "lines": sorted(role.lines),
        }
        role.display_name, role.description, role.role_permissions = name, words, _keep(lines)
        role.save(update_fields=["display_name", "description", "role_permissions"])
        record(scope, "role.updated", _target(role), details={"before": before, "lines": sorted(lines)})
    return role


def delete_role(scope: Scope, role_id: uuid.UUID) -> None:
    """Delete a role that nobody holds and nobody can activate.

    Raises Forbidden, NotFound, Conflict for a built-in role and for one that is in use.
    """
    require(scope, Permission.ROLE_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        role = _get_own_role(scope, role_id)
        if list_role_assignments(scope, clock.now()).filter(role_id=role_id).exists():
            raise Conflict("This role is given to somebody. Take it back everywhere first.")
        record(scope, "role.deleted", _target(role), details={"lines": sorted(role.lines)})
        try:
            role.delete()
        except ProtectedError as error:
            # Rows of rooms above: they stay, because they tell who could take the role up, and when.
            raise Conflict("This role is kept: somebody can activate it, or once could.") from error


def _get_own_role(scope: Scope, role_id: uuid.UUID) -> Role:
    role = get_role(scope, role_id)
    if role.is_built_in:
        raise Conflict("A built-in role cannot be changed. Make one of your own from it.")
    return role


def _clean(display_name: str, description: str, lines: Lines) -> tuple[str, str]:
    name = clean_line(display_name, "display_name", longest=256)
    words = clean_line(description, "description", longest=1024, required=False)
    if not lines:
        raise InvalidInput(fields={"lines": "must hold at least one permission"})
    return name, words


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = Role.objects.in_scope(scope).filter(display_name__iexact=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A role with this name exists already.")


def _keep(lines: Lines) -> str:
    """The form in which a role holds its lines, each between blanks."""
    return f" {' '.join(sorted(lines))} "


def _target(role: Role) -> Target:
    return Target("role", str(role.id), role.display_name)
