"""Device groups are made, changed, ranked and deleted; every device is placed anew with each change."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, ProtectedError

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.devices.actions.device_access import (
    end_device_access,
    grant_device_access,
    group_target,
    move_device_access,
    set_device_group_access,
)
from tidegate.devices.actions.placing import place_devices
from tidegate.devices.default_group import default_group
from tidegate.devices.groups import find_group
from tidegate.devices.matching import Rule, clean_rules, write_rules
from tidegate.devices.models import DeviceGroup
from tidegate.devices.words import RemediationLevel
from tidegate.directory.policy import lock_directory

__all__ = [
    "create_device_group",
    "delete_device_group",
    "end_device_access",
    "grant_device_access",
    "move_device_access",
    "move_device_group",
    "set_device_group_access",
    "update_device_group",
]


def create_device_group(
    scope: Scope,
    *,
    display_name: str,
    description: str = "",
    remediation_level: str = RemediationLevel.NONE,
    rules: Iterable[Rule] = (),
) -> DeviceGroup:
    """Make a device group, ranked last, seen by everyone who may see devices.

    Raises Forbidden, InvalidInput, Conflict when the name is taken.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    made = _describe(display_name, description, remediation_level, rules)
    with transaction.atomic():
        lock_directory(scope)
        default_group(scope.tenant_id)
        _check_name_free(scope, str(made["display_name"]), None)
        group = DeviceGroup.rows.create(
            tenant_id=scope.tenant_id, rank=_count_ranked(scope) + 1, created_at=clock.now(), **made
        )
        moved = place_devices(scope.tenant_id)
        details = {"after": made, "rank": group.rank, "devices_moved": moved}
        record(scope, "device_group.created", group_target(group), details=details)
    return group


def update_device_group(
    scope: Scope,
    device_group_id: uuid.UUID,
    *,
    display_name: str,
    description: str = "",
    remediation_level: str = RemediationLevel.NONE,
    rules: Iterable[Rule] = (),
) -> DeviceGroup:
    """Rename or describe a device group, or change what it takes and what may be done to it.

    Raises Forbidden, NotFound, InvalidInput, Conflict when the name is taken, and for another name
    of the default group or a rule for it.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    wanted = _describe(display_name, description, remediation_level, rules)
    with transaction.atomic():
        lock_directory(scope)
        group = find_group(scope, device_group_id)
        if group.is_default and (wanted["rules"] or wanted["display_name"] != group.display_name):
            raise Conflict("The default device group keeps its name, and takes what no rule matches.")
        _check_name_free(scope, str(wanted["display_name"]), group.id)
        before = {name: getattr(group, name) for name in wanted}
        for name, value in wanted.items():
            setattr(group, name, value)
        group.save(update_fields=list(wanted))
        moved = place_devices(scope.tenant_id) if before["rules"] != wanted["rules"] else 0
        details = {"before": before, "after": wanted, "devices_moved": moved}
        record(scope, "device_group.updated", group_target(group), details=details)
    return group


def delete_device_group(scope: Scope, device_group_id: uuid.UUID) -> None:
    """Delete a device group; its devices go where the rules of the others put them.

    Raises Forbidden, NotFound, Conflict for the default group and for one that an access package gives.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        group = find_group(scope, device_group_id)
        _check_ranked(group, "The default device group cannot be deleted.")
        moved = place_devices(scope.tenant_id, without=group.id)
        record(scope, "device_group.deleted", group_target(group), details={"devices_moved": moved})
        rank = group.rank
        try:
            group.delete()
        except ProtectedError as error:
            raise Conflict("An access package gives sight of this device group.") from error
        DeviceGroup.objects.in_scope(scope).filter(rank__gt=rank).update(rank=F("rank") - 1)


def move_device_group(scope: Scope, device_group_id: uuid.UUID, *, rank: int) -> DeviceGroup:
    """Give a device group another rank, 1 being the first to be asked; the others close up.

    Raises Forbidden, NotFound, InvalidInput for a rank that there is not, Conflict for the default group.
    """
    require(scope, Permission.DEVICE_GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        group = find_group(scope, device_group_id)
        _check_ranked(group, "The default device group has no rank: it takes what no rule matches.")
        last, old = _count_ranked(scope), group.rank or 0
        if not 1 <= rank <= last:
            raise InvalidInput(fields={"rank": f"must be from 1 to {last}"})
        if rank == old:
            return group
        others = DeviceGroup.objects.in_scope(scope).exclude(id=group.id)
        if rank < old:
            others.filter(rank__gte=rank, rank__lt=old).update(rank=F("rank") + 1)
        else:
            others.filter(rank__gt=old, rank__lte=rank).update(rank=F("rank") - 1)
        group.rank = rank
        group.save(update_fields=["rank"])
        details = {"before": old, "after": rank, "devices_moved": place_devices(scope.tenant_id)}
        record(scope, "device_group.moved", group_target(group), details=details)
    return group


def _describe(name: str, description: str, level: str, rules: Iterable[Rule]) -> dict[str, object]:
    levels = [str(known) for known in RemediationLevel]
    if level not in levels:
        raise InvalidInput(fields={"remediation_level": f"must be one of: {', '.join(levels)}"})
    return {
        "display_name": clean_line(name, "display_name", longest=256),
        "description": clean_line(description, "description", longest=1024, required=False),
        "remediation_level": str(level),
        "rules": write_rules(clean_rules(rules)),
    }


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = DeviceGroup.objects.in_scope(scope).filter(display_name__iexact=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A device group with this name exists already.")


def _check_ranked(group: DeviceGroup, refusal: str) -> None:
    if group.is_default:
        raise Conflict(refusal)


def _count_ranked(scope: Scope) -> int:
    return DeviceGroup.objects.in_scope(scope).filter(is_default=False).count()
