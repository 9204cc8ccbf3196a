"""Sight of a restricted device group, given to one user for a time. For what delivers access."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import get_user


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
        group = DeviceGroup.objects.in_scope(scope).filter(id=device_group_id).first()
        if group is None:
            raise NotFound("There is no such device group.")
        user = get_user(scope, user_id)
        access = DeviceGroupAccess.rows.create(
            tenant_id=scope.tenant_id,
            device_group_id=group.id,
            user_id=user.id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        details = {"user": user.user_principal_name, "starts_at": starts_at, "ends_at": ends_at}
        target = Target("device_group", str(group.id), group.display_name)
        record(scope, "device_group.access_granted", target, details=details)
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
            group = access.device_group
            user = access.user.user_principal_name if access.user else ""
            target = Target("device_group", str(group.id), group.display_name)
            details = {"user": user, "ends_at": ends_at}
            record(scope, "device_group.access_moved", target, details=details)
