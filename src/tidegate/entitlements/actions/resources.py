"""What a package gives: groups, and sight of device groups. Whoever holds it follows at once."""

import uuid

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.devices.models import DeviceGroup
from tidegate.directory.models import Group
from tidegate.directory.policy import check_may_give_group, lock_directory
from tidegate.entitlements.acting import system_scope
from tidegate.entitlements.actions.delivery import settle
from tidegate.entitlements.actions.packages import package_target
from tidegate.entitlements.catalog_queries import get_package, list_resource_roles
from tidegate.entitlements.models import AccessPackage, Assignment, ResourceRole


def add_resource(
    scope: Scope,
    package_id: uuid.UUID,
    *,
    group_id: uuid.UUID | None = None,
    device_group_id: uuid.UUID | None = None,
) -> ResourceRole:
    """Put a group, or sight of a device group, in a package; whoever holds the package gets it now.

    Raises Forbidden, also for a group whose roles open more than the actor may do; NotFound,
    InvalidInput, Conflict when it is in there already.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    if (group_id is None) == (device_group_id is None):
        raise InvalidInput(fields={"group": "must be one group or one device group"})
    with transaction.atomic():
        lock_directory(scope)
        package = get_package(scope, package_id)
        name = _check_group(scope, group_id) if group_id else _check_device_group(scope, device_group_id)
        given = list_resource_roles(scope, package_id)
        if given.filter(group_id=group_id, device_group_id=device_group_id).exists():
            raise Conflict("This package gives that already.")
        resource = ResourceRole.rows.create(
            tenant_id=scope.tenant_id,
            package_id=package.id,
            group_id=group_id,
            device_group_id=device_group_id,
        )
        held = _settle_all(scope, package)
        details = {"resource": name, "id": group_id or device_group_id, "delivered_to": held}
        record(scope, "access_package.resource_added", package_target(package), details=details)
    return resource


def remove_resource(scope: Scope, package_id: uuid.UUID, resource_id: uuid.UUID) -> None:
    """Take something out of a package; whoever holds the package loses it now.

    Raises Forbidden, NotFound, Conflict for the last administrator.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        package = get_package(scope, package_id)
        resource = list_resource_roles(scope, package_id).filter(id=resource_id).first()
        if resource is None:
            raise NotFound("This package does not give that.")
        name = resource_name(resource)
        given = resource.group_id or resource.device_group_id
        resource.delete()
        held = _settle_all(scope, package)
        details = {"resource": name, "id": given, "withdrawn_from": held}
        record(scope, "access_package.resource_removed", package_target(package), details=details)


def resource_name(resource: ResourceRole) -> str:
    """What a package gives, by name."""
    given = resource.group or resource.device_group
    return given.display_name if given else ""


def _check_group(scope: Scope, group_id: uuid.UUID) -> str:
    group = Group.objects.in_scope(scope).filter(id=group_id).first()
    if group is None:
        raise NotFound("There is no such group.")
    # Whoever holds the package, now or some day, has it for as long as they hold that.
    check_may_give_group(scope, group_id, until=None)
    return group.display_name


def _check_device_group(scope: Scope, device_group_id: uuid.UUID | None) -> str:
    # Who sees which devices is the business of those who manage device groups.
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    groups = DeviceGroup.objects.in_scope(scope)
    group = groups.filter(id=device_group_id).first() if device_group_id else None
    if group is None:
        raise NotFound("There is no such device group.")
    return group.display_name


def _settle_all(scope: Scope, package: AccessPackage) -> int:
    """Deliver what the package gives now to everybody who holds it. Returns how many do."""
    own = system_scope(scope.tenant_id, scope.actor)
    rows = Assignment.objects.in_scope(scope).filter(package_id=package.id).exclude(ends_at__lte=clock.now())
    held = list(rows.select_related("user", "package"))
    for assignment in held:
        settle(own, assignment)
    return len(held)
