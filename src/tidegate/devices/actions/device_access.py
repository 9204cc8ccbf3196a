"""Who sees a device group: everyone who may see devices, or only the user groups and users named."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.devices.groups import find_group
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.directory.actions.lending import mark_sight
from tidegate.directory.models import Group
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import get_user


def set_device_group_access(
    scope: Scope,
    device_group_id: uuid.UUID,
    *,
    group_ids: Collection[uuid.UUID],
    is_restricted: bool | None = None,
) -> DeviceGroup:
    """Let exactly these user groups see a device group; none of them lets everyone see it.

    `is_restricted` True keeps it closed also with no group: then only access packages open it. Users to
    whom a package gave sight keep it for their time. Raises Forbidden, NotFound, InvalidInput.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    restricted = bool(group_ids) if is_restricted is None else is_restricted
    if group_ids and not restricted:
        raise InvalidInput(fields={"group_ids": "must be empty for a device group that everyone sees"})
    with transaction.atomic():
        lock_directory(scope)
        group = find_group(scope, device_group_id)
        names = _find_names(scope, group_ids)
        before = _replace_groups(scope, group, names)
        details = {
            "before": {"is_restricted": group.is_restricted, "groups": sorted(before.values())},
            "after": {"is_restricted": restricted, "groups": sorted(names.values())},
        }
        group.is_restricted = restricted
        group.save(update_fields=["is_restricted"])
        _mark_groups(scope, {*before, *names})
        record(scope, "device_group.access_changed", group_target(group), details=details)
    return group


def grant_device_access(
    scope: Scope,
    device_group_id: uuid.UUID,
    user_id: uuid.UUID,
    *,
    starts_at: datetime,
    ends_at: datetime | None,
) -> DeviceGroupAccess:
    """Let a user see a device group for a time, beside whatever else lets them. Raises Forbidden, NotFound.

    It matters while the group is restricted; one that everybody sees stays as it is.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        group, user = find_group(scope, device_group_id), get_user(scope, user_id)
        access = DeviceGroupAccess.rows.create(
            tenant_id=scope.tenant_id,
            device_group_id=group.id,
            user_id=user.id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        details = {"user": user.user_principal_name, "starts_at": starts_at, "ends_at": ends_at}
        record(scope, "device_group.access_granted", group_target(group), details=details)
    return access


def move_device_access(scope: Scope, access_ids: Collection[uuid.UUID], *, ends_at: datetime | None) -> None:
    """Give sights that are not over another end; now or earlier ends them. Raises Forbidden."""
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        rows = DeviceGroupAccess.objects.in_scope(scope).filter(id__in=access_ids)
        standing = rows.exclude(ends_at__lte=clock.now())
        moved = list(standing.select_related("device_group", "user"))
        standing.update(ends_at=ends_at)
        for access in moved:
            details = {"user": access.user.user_principal_name if access.user else "", "ends_at": ends_at}
            target = group_target(access.device_group)
            record(scope, "device_group.access_moved", target, details=details)
        _mark_groups(scope, {access.group_id for access in moved if access.group_id})


def end_device_access(scope: Scope, access_id: uuid.UUID, *, ends_at: datetime | None = None) -> None:
    """End what lets one user or group see a device group, now or at another time. Raises Forbidden."""
    move_device_access(scope, [access_id], ends_at=ends_at or clock.now())


def group_target(group: DeviceGroup) -> Target:
    """How the audit log names a device group."""
    return Target("device_group", str(group.id), group.display_name)


def _find_names(scope: Scope, group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = Group.objects.in_scope(scope).filter(id__in=group_ids)
    names = dict(found.values_list("id", "display_name"))
    if len(names) != len(set(group_ids)):
        raise NotFound("There is no such group.")
    return names


def _replace_groups(scope: Scope, group: DeviceGroup, wanted: dict[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    """End the rows of other groups, add those that lack one; gives the names of those that had one."""
    now = clock.now()
    rows = DeviceGroupAccess.objects.in_scope(scope).filter(device_group_id=group.id, group_id__isnull=False)
    standing = list(rows.exclude(ends_at__lte=now).select_related("group"))
    rows.exclude(ends_at__lte=now).exclude(group_id__in=wanted).update(ends_at=now)
    before = {row.group.id: row.group.display_name for row in standing if row.group}
    for group_id in wanted:
        if group_id not in before:
            DeviceGroupAccess.rows.create(
                tenant_id=scope.tenant_id, device_group_id=group.id, group_id=group_id, starts_at=now
            )
    return before


def _mark_groups(scope: Scope, group_ids: Collection[uuid.UUID]) -> None:
    """Let the directory know what the members of these groups see: it cannot look here."""
    rows = DeviceGroupAccess.objects.in_scope(scope).filter(group_id__in=group_ids)
    seen: dict[uuid.UUID | None, set[uuid.UUID]] = defaultdict(set)
    for group_id, found in rows.exclude(ends_at__lte=clock.now()).values_list("group_id", "device_group_id"):
        seen[group_id].add(found)
    for group_id in group_ids:
        mark_sight(scope, group_id, seen[group_id])
