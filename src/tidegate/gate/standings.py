"""What everybody in one tenant may do and see at one instant: six statements, however many they are.

The same rows and the same clock as the gate, read for all at once, so that two instants can be
compared (`gate.what_if`).
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from tidegate.authorization.permissions import Permission, RolePermission, permissions_of
from tidegate.authorization.scope import Scope
from tidegate.devices.models import Device, DeviceGroup, DeviceGroupAccess
from tidegate.directory.models import GroupMembership, Role, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.gate.sight import sees_all

type Ids = frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one user of the tenant may do there, and the device groups they see."""

    user: User
    lines: frozenset[RolePermission]
    device_groups: Ids

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything they may do."""
        return permissions_of(self.lines)


@dataclass(frozen=True, slots=True)
class Standings:
    """Everybody who may enter, by user id; the names of device groups; each device's group."""

    people: Mapping[uuid.UUID, Standing]
    device_groups: Mapping[uuid.UUID, str]
    devices: Mapping[uuid.UUID, uuid.UUID]


def read_standings(scope: Scope, at: datetime) -> Standings:
    """Everybody of the scope's tenant at an instant."""
    users = list(User.objects.in_scope(scope).entering(at).order_by("display_name", "id"))
    groups_of, given = _read_memberships(scope, at), _read_roles(scope, at)
    device_groups = list(DeviceGroup.objects.in_scope(scope))
    seen_by = _read_access(scope, at)

    def stand(user: User) -> Standing:
        """A user holds and sees what they are given themselves, and through each of their groups."""
        principals = {user.id, *groups_of[user.id]}
        roles = [role for one in principals for role in given[one]]
        lines = frozenset[RolePermission]().union(*(role.lines for role in roles))
        if Permission.DEVICE_READ not in permissions_of(lines):
            return Standing(user, lines, frozenset())
        sees_everything = any(sees_all(role) for role in roles)
        visible = (
            group.id
            for group in device_groups
            if sees_everything or not group.is_restricted or not principals.isdisjoint(seen_by[group.id])
        )
        return Standing(user, lines, frozenset(visible))

    return Standings(
        people={user.id: stand(user) for user in users},
        device_groups={group.id: group.display_name for group in device_groups},
        devices=dict(Device.objects.in_scope(scope).values_list("id", "device_group_id")),
    )


def count_elsewhere(scope: Scope, account_ids: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, int]:
    """In how many other tenants accounts are let in as guests at an instant. One statement, or none."""
    if not account_ids:
        return {}
    guests = User.objects.across_tenants().entering(at).filter(user_type=User.UserType.GUEST)
    found = guests.filter(account_id__in=account_ids).exclude(tenant_id=scope.tenant_id)
    counted = found.order_by().values("account_id").annotate(tenants=Count("id"))
    return {row["account_id"]: row["tenants"] for row in counted}


def _read_memberships(scope: Scope, at: datetime) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    held = GroupMembership.objects.in_scope(scope).filter(in_force(at))
    groups_of: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for user_id, group_id in held.values_list("user_id", "group_id"):
        groups_of[user_id].add(group_id)
    return groups_of


def _read_roles(scope: Scope, at: datetime) -> Mapping[uuid.UUID, list[Role]]:
    """The roles given to each group and each user."""
    held = RoleAssignment.objects.in_scope(scope).filter(in_force(at)).select_related("role")
    roles: dict[uuid.UUID, list[Role]] = defaultdict(list)
    for given in held:
        roles[given.group_id or given.user_id or given.id].append(given.role)
    return roles


def _read_access(scope: Scope, at: datetime) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    """The groups and users who see each restricted device group."""
    held = DeviceGroupAccess.objects.in_scope(scope).filter(in_force(at))
    seen_by: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for given in held:
        seen_by[given.device_group_id].add(given.group_id or given.user_id or given.id)
    return seen_by
