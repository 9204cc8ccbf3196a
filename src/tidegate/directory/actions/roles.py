"""Roles are given to groups and users, and taken back."""

import uuid
from datetime import datetime

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.directory.models import Group, RoleAssignment, User
from tidegate.directory.policy import check_administrator_remains, check_may_give, lock_directory
from tidegate.directory.queries import get_group, get_role, get_user, list_role_assignments


def assign_role(
    scope: Scope,
    role_id: uuid.UUID,
    *,
    group_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
    ends_at: datetime | None = None,
) -> RoleAssignment:
    """Give a role to one group or one user from now, until `ends_at` if given.

    Raises Forbidden, also for a role that opens more than the actor may do, or for longer; NotFound,
    InvalidInput, Conflict when it is held already.
    """
    require(scope, Permission.ROLE_ASSIGN)
    now = clock.now()
    if (group_id is None) == (user_id is None):
        raise InvalidInput(fields={"principal": "must be one group or one user"})
    if ends_at is not None and ends_at <= now:
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    with transaction.atomic():
        lock_directory(scope)
        role = get_role(scope, role_id)
        check_may_give(scope, role.lines, until=ends_at)
        group = get_group(scope, group_id) if group_id else None
        user = get_user(scope, user_id) if user_id else None
        held = list_role_assignments(scope, now).filter(role_id=role_id, group_id=group_id, user_id=user_id)
        if held.exists():
            raise Conflict("This role was given there already.")
        # By their ids: an absent group or user set as an object would take the tenant with it.
        assignment = RoleAssignment.rows.create(
            tenant_id=scope.tenant_id,
            role_id=role.id,
            group_id=group_id,
            user_id=user_id,
            starts_at=now,
            ends_at=ends_at,
        )
        details = {"to": _name(group, user), "ends_at": ends_at}
        record(scope, "role.assigned", Target("role", str(role.id), role.display_name), details=details)
    return assignment


def unassign_role(scope: Scope, assignment_id: uuid.UUID) -> None:
    """End a role assignment now. Raises Forbidden, NotFound, Conflict for the last administrator."""
    require(scope, Permission.ROLE_ASSIGN)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        assignment = list_role_assignments(scope, now).filter(id=assignment_id).first()
        if assignment is None:
            raise NotFound("There is no such role assignment.")
        RoleAssignment.rows.filter(pk=assignment.pk).update(ends_at=now)
        target = Target("role", str(assignment.role.id), assignment.role.display_name)
        details = {"from": _name(assignment.group, assignment.user)}
        record(scope, "role.unassigned", target, details=details)
        check_administrator_remains(scope)


def move_role_end(scope: Scope, assignment_id: uuid.UUID, *, ends_at: datetime | None) -> RoleAssignment:
    """Give a role assignment another end, or none.

    Raises Forbidden, also for a role that opens more than the actor may do, or for longer; NotFound for one
    that has ended, InvalidInput for an end in the past, Conflict for the last administrator.
    """
    require(scope, Permission.ROLE_ASSIGN)
    now = clock.now()
    if ends_at is not None and ends_at <= now:
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    with transaction.atomic():
        lock_directory(scope)
        assignment = list_role_assignments(scope, now).filter(id=assignment_id).first()
        if assignment is None:
            raise NotFound("There is no such role assignment.")
        check_may_give(scope, assignment.role.lines, until=ends_at)
        before, assignment.ends_at = assignment.ends_at, ends_at
        assignment.save(update_fields=["ends_at"])
        target = Target("role", str(assignment.role.id), assignment.role.display_name)
        holder = _name(assignment.group, assignment.user)
        details = {"to": holder, "before": before, "after": ends_at}
        record(scope, "role.end_changed", target, details=details)
        check_administrator_remains(scope)
    return assignment


def _name(group: Group | None, user: User | None) -> str:
    return group.display_name if group else user.user_principal_name if user else ""
