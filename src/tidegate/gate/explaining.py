"""Why: the chain from a person to what they see, and from a thing to everyone who can see it."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.directory.models import GroupMembership, RoleAssignment, Tenant, User
from tidegate.directory.models.dated import in_force
from tidegate.gate.sight import sees_all

_SHOWS_DEVICES: Final = frozenset({Permission.DEVICE_READ, Permission.ALERT_READ, Permission.INCIDENT_READ})


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain: what it is, its name, and from when to when it holds.

    A last step of the kind `device_groups` says how many of them are hidden from the person.
    """

    kind: str
    name: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """From a user to one role that opens what was asked; `until` is the first end on the way."""

    user: User
    links: tuple[Link, ...]

    @property
    def until(self) -> datetime | None:
        """When this chain breaks by the clock, if it does."""
        return min((link.ends_at for link in self.links if link.ends_at), default=None)


def explain_own(scope: Scope, permission: Permission) -> list[Chain]:
    """Why the actor of this scope holds a permission; empty when they do not."""
    if scope.entry.user_id is None:
        return []
    users = User.objects.in_scope(scope).entering(clock.now()).filter(id=scope.entry.user_id)
    return _explain(scope, users, permission)


def explain_user(scope: Scope, user: User, permission: Permission) -> list[Chain]:
    """Why one user of the tenant holds a permission. Raises Forbidden."""
    require(scope, Permission.ACCESS_EXPLAIN)
    users = User.objects.in_scope(scope).entering(clock.now()).filter(id=user.id)
    return _explain(scope, users, permission)


def who_can(scope: Scope, permission: Permission) -> list[Chain]:
    """Everyone who holds a permission in the tenant now, with every way they do. Raises Forbidden."""
    require(scope, Permission.ACCESS_EXPLAIN)
    users = User.objects.in_scope(scope).entering(clock.now()).order_by("user_type", "display_name")
    return _explain(scope, users, permission)


def _explain(scope: Scope, users: Iterable[User], permission: Permission) -> list[Chain]:
    """Three statements, however many users; for what shows devices one more, or two."""
    now = clock.now()
    people = list(users)
    homes = _home_names(people)
    memberships = GroupMembership.objects.in_scope(scope).filter(in_force(now)).select_related("group")
    by_user: dict[uuid.UUID, list[GroupMembership]] = {}
    for membership in memberships.filter(user_id__in=[user.id for user in people]):
        by_user.setdefault(membership.user_id, []).append(membership)
    assignments = list(_granting(scope, permission, now))
    hidden = _count_hidden(scope, by_user, assignments, now) if permission in _SHOWS_DEVICES else None
    chains: list[Chain] = []
    for user in people:
        start = _first_links(user, homes)
        number = hidden(user.id) if hidden else 0
        end = (Link("device_groups", str(number)),) if number else ()
        if permission in EVERYONE_INSIDE:
            chains.append(Chain(user, (*start, Link("inside", ""))))
        ways = _through_roles(user, start, by_user.get(user.id, []), assignments)
        chains += (Chain(user, (*way.links, *end)) for way in ways)
    return chains


def _count_hidden(
    scope: Scope,
    memberships: Mapping[uuid.UUID, list[GroupMembership]],
    assignments: list[RoleAssignment],
    now: datetime,
) -> Callable[[uuid.UUID], int] | None:
    """How many device groups are hidden from a user of the tenant; None where none is from anybody."""
    restricted = set(
        DeviceGroup.objects.in_scope(scope).filter(is_restricted=True).values_list("id", flat=True)
    )
    if not restricted:
        return None
    given = DeviceGroupAccess.objects.in_scope(scope).filter(in_force(now), device_group_id__in=restricted)
    access = list(given.values_list("device_group_id", "group_id", "user_id"))
    ruling = {one.group_id or one.user_id for one in assignments if sees_all(one.role)}

    def count(user_id: uuid.UUID) -> int:
        principals = {user_id, *(one.group_id for one in memberships.get(user_id, []))}
        if principals & ruling:
            return 0
        return len(restricted - {seen for seen, *to in access if principals.intersection(to)})

    return count


def _through_roles(
    user: User,
    start: tuple[Link, ...],
    memberships: list[GroupMembership],
    assignments: list[RoleAssignment],
) -> Iterable[Chain]:
    for given in assignments:
        role = Link("role", given.role.display_name, given.starts_at, given.ends_at)
        if given.user_id == user.id:
            yield Chain(user, (*start, role))
        for membership in memberships:
            if given.group_id == membership.group_id:
                name = membership.group.display_name
                group = Link("group", name, membership.starts_at, membership.ends_at)
                yield Chain(user, (*start, group, role))


def _granting(scope: Scope, permission: Permission, now: datetime) -> Iterable[RoleAssignment]:
    held = RoleAssignment.objects.in_scope(scope).filter(in_force(now)).select_related("role")
    rows = held.filter(Q(user_id__isnull=False) | Q(group_id__isnull=False)).order_by(
        "role__display_name", "id"
    )
    return (given for given in rows if permission in given.role.permissions)


def _first_links(user: User, homes: dict[uuid.UUID, str]) -> tuple[Link, ...]:
    home = homes.get(user.account_id or uuid.UUID(int=0), "")
    person = Link("person", f"{user.display_name} ({home})" if user.is_guest and home else user.display_name)
    return (person, Link(user.user_type, user.user_principal_name, user.starts_at, user.ends_at))


def _home_names(users: list[User]) -> dict[uuid.UUID, str]:
    """The names of guests' home tenants by account: what a tenant may know of whom it let in."""
    accounts = [user.account_id for user in users if user.is_guest and user.account_id]
    if not accounts:
        return {}
    homes = User.objects.across_tenants().filter(
        account_id__in=accounts, user_type=User.UserType.MEMBER, removed_at__isnull=True
    )
    names = dict(Tenant.objects.filter(id__in=homes.values("tenant_id")).values_list("id", "display_name"))
    return {account: names[tenant] for account, tenant in homes.values_list("account_id", "tenant_id")}
