"""Rules of a directory that hold whatever the action."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from django.db.models import Q

from tidegate.authorization.permissions import (
    EVERYONE_INSIDE,
    Permission,
    RolePermission,
    permissions_of,
)
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import ActorKind, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden
from tidegate.directory.models import Group, GroupMembership, Role, RoleAssignment, Tenant, User
from tidegate.directory.models.dated import in_force

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def lock_directory(scope: Scope) -> None:
    """Let one change of a tenant's directory happen at a time, until the transaction ends.

    Names are found free, and administrators counted, by looking at many rows: two changes at once
    could each find what the other is about to take away.
    """
    Tenant.objects.select_for_update(no_key=True).get(id=scope.tenant_id)


def check_may_give(scope: Scope, lines: Iterable[RolePermission], *, until: datetime | None) -> None:
    """Raise Forbidden, naming the permission, if these lines open more than the actor may do here, or longer.

    `until` None is for good. Otherwise whoever may make or give roles could give themselves everything, and
    whoever may do so for an hour could keep it. The product itself, which acts without being a user of the
    tenant, gives what people before it decided on; of an application only its permissions are asked.
    """
    if _is_product(scope):
        return
    given = permissions_of(frozenset(lines))
    for permission in sorted(given):
        require(scope, permission)
    check_held(scope, given, until)


def check_may_give_group(scope: Scope, group_id: uuid.UUID, *, until: datetime | None) -> None:
    """The same for what a group gives those in it: roles that hold now or will, and sight of devices."""
    if _is_product(scope):
        return
    given = RoleAssignment.objects.in_scope(scope).exclude(ends_at__lte=clock.now())
    for assignment in given.filter(group_id=group_id).select_related("role"):
        check_may_give(scope, assignment.role.lines, until=_earlier(until, assignment.ends_at))
    for group in Group.objects.in_scope(scope).filter(id=group_id):
        for role in Role.objects.in_scope(scope).filter(id__in=group.eligible_role_ids):
            check_may_give(scope, role.lines, until=until)
        hidden = {str(one) for one in scope.entry.sight.hidden_group_ids}
        if not hidden.isdisjoint(group.seen_device_group_ids):
            # Who sees which devices is the business of those who manage device groups.
            require(scope, Permission.DEVICE_GROUP_MANAGE)


def check_held(scope: Scope, permissions: Collection[Permission], until: datetime | None) -> None:
    """Raise Forbidden, naming the first, if the actor holds one of these only until some earlier instant.

    Who is no user of the tenant holds nothing by a row with dates, and is not asked.
    """
    if scope.entry.user_id is None:
        return
    ends = _read_ends(scope)
    for permission in sorted(set(permissions) - EVERYONE_INSIDE):
        if (until or _NEVER) > ends.get(permission, clock.now()):
            raise Forbidden(
                "You hold this for a time only: nobody gives anything for longer than they hold it.",
                permission=permission,
            )


def check_may_lengthen(scope: Scope, user: User, *, until: datetime | None) -> None:
    """Raise Forbidden if a user, let in until then, would hold longer than the actor what both hold.

    Whoever holds something for a time could otherwise move their own end, or a friend's.
    """
    if _is_product(scope):
        return
    for role, ends_at in _roles_of(user):
        shared = role.permissions & scope.entry.permissions
        check_held(scope, shared, _earlier(until, ends_at))


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


def _is_product(scope: Scope) -> bool:
    is_nobody = scope.entry.user_id is None and scope.actor.kind == ActorKind.PERSON
    return is_nobody or scope.actor.kind == ActorKind.SYSTEM


def _read_ends(scope: Scope) -> Mapping[Permission, datetime]:
    """Until when the actor holds each permission that they hold now, by what holds longest."""
    user = User.objects.in_scope(scope).present().filter(Q(id=scope.entry.user_id)).first()
    ends: dict[Permission, datetime] = {}
    for role, ends_at in _roles_of(user) if user else ():
        end = _earlier(user.ends_at if user else None, ends_at) or _NEVER
        for permission in role.permissions:
            ends[permission] = max(ends.get(permission, end), end)
    return ends


def _roles_of(user: User) -> list[tuple[Role, datetime | None]]:
    """The roles that a user holds now, directly or through a group, each with its end."""
    now = clock.now()
    memberships = GroupMembership.objects.of_tenant(user.tenant_id).filter(in_force(now), user_id=user.id)
    joined = list(memberships.values_list("group_id", "ends_at"))
    assignments = RoleAssignment.objects.of_tenant(user.tenant_id).filter(
        in_force(now), Q(user_id=user.id) | Q(group_id__in=[group_id for group_id, _ in joined])
    )
    held: list[tuple[Role, datetime | None]] = []
    for assignment in assignments.select_related("role"):
        through = [ends_at for group_id, ends_at in joined if group_id == assignment.group_id]
        held += [(assignment.role, _earlier(assignment.ends_at, end)) for end in through or [None]]
    return held


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """The earlier of two ends; None is no end."""
    return min(one or _NEVER, other or _NEVER) if one or other else None
