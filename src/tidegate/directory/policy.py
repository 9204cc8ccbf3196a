"""Rules of a directory that hold whatever the action."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from tidegate.authorization.permissions import RolePermission, permissions_of
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import ActorKind, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.models import Group, GroupMembership, Role, RoleAssignment, Tenant, User
from tidegate.directory.models.dated import in_force


def lock_directory(scope: Scope) -> None:
    """Let one change of a tenant's directory happen at a time, until the transaction ends.

    Names are found free, and administrators counted, by looking at many rows: two changes at once
    could each find what the other is about to take away.
    """
    Tenant.objects.select_for_update(no_key=True).get(id=scope.tenant_id)


def check_may_give(scope: Scope, lines: Iterable[RolePermission]) -> None:
    """Raise Forbidden, naming the permission, if these lines open more than the actor may do here.

    Otherwise whoever may make or give roles could give themselves everything. The product itself,
    which acts without being a user of the tenant, gives what people before it decided on.
    """
    is_nobody = scope.entry.user_id is None and scope.actor.kind == ActorKind.PERSON
    if is_nobody or scope.actor.kind == ActorKind.SYSTEM:
        return
    for permission in sorted(permissions_of(frozenset(lines))):
        require(scope, permission)


def check_may_give_group(scope: Scope, group_id: uuid.UUID) -> None:
    """The same for what a group gives those in it, by roles that hold now or will."""
    given = RoleAssignment.objects.in_scope(scope).exclude(ends_at__lte=clock.now())
    for assignment in given.filter(group_id=group_id).select_related("role"):
        check_may_give(scope, assignment.role.lines)
    groups = Group.objects.in_scope(scope).filter(id=group_id)
    for role_ids in groups.values_list("eligible_role_ids", flat=True):
        for role in Role.objects.in_scope(scope).filter(id__in=role_ids):
            check_may_give(scope, role.lines)


def check_administrator_remains(scope: Scope) -> None:
    """Raise Conflict if no member would be left who administers the tenant without an end.

    One whose user, role or membership ends some day does not count: on that day nobody acts, so
    nobody could be refused. Called at the end of an action's transaction, which the error undoes.
    """
    now = clock.now()
    lasting = in_force(now) & Q(ends_at__isnull=True)
    given = RoleAssignment.objects.in_scope(scope).filter(
        lasting, role__display_name=BuiltInRole.GLOBAL_ADMINISTRATOR, role__is_built_in=True
    )
    groups = given.filter(group_id__isnull=False).values("group_id")
    members = GroupMembership.objects.in_scope(scope).filter(lasting, group_id__in=groups)
    holders = Q(id__in=given.filter(user_id__isnull=False).values("user_id")) | Q(
        id__in=members.values("user_id")
    )
    users = User.objects.in_scope(scope).entering(now).filter(lasting, user_type=User.UserType.MEMBER)
    if not users.filter(holders).exists():
        raise Conflict(
            "A tenant must keep at least one Global Administrator of its own whose access has no end."
        )
