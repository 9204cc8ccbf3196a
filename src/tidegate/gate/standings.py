"""What everybody in one tenant may do and see at one instant: six statements, however many they are.

The same rows and the same clock as the gate, read for all at once, so that two instants can be
compared (`gate.what_if`).
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tidegate.authorization.permissions import Permission, RolePermission, permissions_of
from tidegate.authorization.scope import Scope
from tidegate.devices.models import Device, DeviceGroup, DeviceGroupAccess
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force

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
    groups_of = _read_memberships(scope, at)
    lines_of = _read_lines(scope, at)
    device_groups = list(DeviceGroup.objects.in_scope(scope))
    seen_by = _read_access(scope, at)
    return Standings(
        people={
            user.id: _stand(user, {user.id, *groups_of[user.id]}, lines_of, device_groups, seen_by)
            for user in users
        },
        device_groups={group.id: group.display_name for group in device_groups},
        devices=dict(Device.objects.in_scope(scope).values_list("id", "device_group_id")),
    )


def _stand(
    user: User,
    principals: set[uuid.UUID],
    lines_of: Mapping[uuid.UUID, set[RolePermission]],
    device_groups: Iterable[DeviceGroup],
    seen_by: Mapping[uuid.UUID, set[uuid.UUID]],
) -> Standing:
    """One user, who is what they are and what each of their groups is."""
    lines = frozenset[RolePermission]().union(*(lines_of[one] for one in principals if one in lines_of))
    if Permission.DEVICE_READ not in permissions_of(lines):
        return Standing(user, lines, frozenset())
    visible = (
        group.id
        for group in device_groups
        if not group.is_restricted or not principals.isdisjoint(seen_by.get(group.id, ()))
    )
    return Standing(user, lines, frozenset(visible))


def _read_memberships(scope: Scope, at: datetime) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    held = GroupMembership.objects.in_scope(scope).filter(in_force(at))
    groups_of: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for user_id, group_id in held.values_list("user_id", "group_id"):
        groups_of[user_id].add(group_id)
    return groups_of


def _read_lines(scope: Scope, at: datetime) -> Mapping[uuid.UUID, set[RolePermission]]:
    """The lines given to each group and each user."""
    held = RoleAssignment.objects.in_scope(scope).filter(in_force(at)).select_related("role")
    lines_of: dict[uuid.UUID, set[RolePermission]] = defaultdict(set)
    for given in held:
        lines_of[given.group_id or given.user_id or given.id] |= given.role.lines
    return lines_of


def _read_access(scope: Scope, at: datetime) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    """The groups and users who see each restricted device group."""
    held = DeviceGroupAccess.objects.in_scope(scope).filter(in_force(at))
    seen_by: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for given in held:
        seen_by[given.device_group_id].add(given.group_id or given.user_id or given.id)
    return seen_by
