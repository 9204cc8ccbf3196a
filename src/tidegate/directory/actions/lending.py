"""A role lent to one user for hours: its end is written with its start, and nothing renews it."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.models import Group, RoleAssignment
from tidegate.directory.policy import check_may_give, lock_directory
from tidegate.directory.queries import get_group, get_role, get_user


def lend_role(
    scope: Scope, role_id: uuid.UUID, user_id: uuid.UUID, *, starts_at: datetime, ends_at: datetime
) -> RoleAssignment:
    """Give a user a role for a time, beside whatever else gives it to them.

    Raises Forbidden, NotFound, InvalidInput for a time that is over before it begins.
    """
    require(scope, Permission.ROLE_ASSIGN)
    if ends_at <= starts_at:
        raise InvalidInput(fields={"ends_at": "must lie after the start"})
    with transaction.atomic():
        lock_directory(scope)
        role, user = get_role(scope, role_id), get_user(scope, user_id)
        check_may_give(scope, role.lines, until=ends_at)
        assignment = RoleAssignment.rows.create(
            tenant_id=scope.tenant_id,
            role_id=role.id,
            user_id=user.id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        details = {"to": user.user_principal_name, "starts_at": starts_at, "ends_at": ends_at}
        record(scope, "role.assigned", Target("role", str(role.id), role.display_name), details=details)
    return assignment


def mark_eligible(scope: Scope, group_id: uuid.UUID, role_ids: Collection[uuid.UUID]) -> None:
    """Keep at a group which roles its members may take up, inside the caller's transaction and lock.

    Whoever puts people into the group then needs what those roles open. Raises Forbidden, NotFound.
    """
    require(scope, Permission.ROLE_ASSIGN)
    group = get_group(scope, group_id)
    group.eligible_role_ids = sorted(map(str, role_ids))
    group.save(update_fields=["eligible_role_ids"])


def mark_sight(scope: Scope, group_id: uuid.UUID, device_group_ids: Collection[uuid.UUID]) -> None:
    """Keep at a group which restricted device groups its members see, in the caller's transaction and lock.

    Whoever puts people into the group must see them too, or manage device groups. Raises Forbidden, NotFound.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    rows = Group.objects.in_scope(scope).filter(id=group_id)
    if not rows.update(seen_device_group_ids=sorted(map(str, device_group_ids))):
        raise NotFound("There is no such group.")


def take_role_back(scope: Scope, assignment_id: uuid.UUID) -> bool:
    """End what was lent, now; whether there was anything left to end. Raises Forbidden."""
    require(scope, Permission.ROLE_ASSIGN)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        lent = RoleAssignment.objects.in_scope(scope).filter(id=assignment_id).exclude(ends_at__lte=now)
        assignment = lent.select_related("role", "user").first()
        if assignment is None or assignment.user is None:
            return False
        lent.update(ends_at=now)
        target = Target("role", str(assignment.role_id), assignment.role.display_name)
        details = {"from": assignment.user.user_principal_name}
        record(scope, "role.unassigned", target, details=details)
    return True
