"""Looking at device groups: what they take, how many devices are in each, who sees them."""

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.devices.matching import Rule, clean_rules, matches, traits_of
from tidegate.devices.models import Device, DeviceGroup, DeviceGroupAccess
from tidegate.devices.visibility import seen_devices
from tidegate.directory.models import Group, RoleAssignment
from tidegate.directory.models.dated import in_force


def list_device_groups(scope: Scope | ManyScope) -> QuerySet[DeviceGroup]:
    """The device groups by rank, the default one last. Raises Forbidden.

    `device_count` is how many devices are in each; None for a group that is hidden from the reader.
    """
    require(scope, Permission.DEVICE_GROUP_READ)
    inside = Device.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), device_group_id=OuterRef("id")
    )
    number = inside.order_by().values("device_group_id").annotate(number=Count("id")).values("number")
    counted = Coalesce(Subquery(number, output_field=IntegerField()), 0)
    hidden = When(scope.sight.hidden("id"), then=Value(None))
    rows = DeviceGroup.objects.in_scope(scope).annotate(device_count=Case(hidden, default=counted))
    return rows.order_by("is_default", "rank", "id")


def get_device_group(scope: Scope, device_group_id: uuid.UUID) -> DeviceGroup:
    """One device group, with its `device_count`. Raises NotFound, Forbidden."""
    group = list_device_groups(scope).filter(id=device_group_id).first()
    if group is None:
        raise NotFound("There is no such device group.")
    return group


def find_group(scope: Scope, device_group_id: uuid.UUID) -> DeviceGroup:
    """One device group, for actions, which ask for their own permission. Raises NotFound."""
    group = DeviceGroup.objects.in_scope(scope).filter(id=device_group_id).first()
    if group is None:
        raise NotFound("There is no such device group.")
    return group


def access_of(scope: Scope, group: DeviceGroup) -> QuerySet[DeviceGroupAccess]:
    """Who sees a restricted device group, now or later: user groups first, then users. Raises Forbidden."""
    require(scope, Permission.DEVICE_GROUP_READ)
    rows = DeviceGroupAccess.objects.in_scope(scope).filter(device_group_id=group.id)
    standing = rows.exclude(ends_at__lte=clock.now()).select_related("group", "user")
    return standing.order_by(F("group__display_name").asc(nulls_last=True), "user__display_name", "id")


def list_access(
    scope: Scope | ManyScope, groups: Sequence[DeviceGroup] | None = None
) -> list[DeviceGroupAccess]:
    """The same for all device groups, or for these, by their names. One statement. Raises Forbidden."""
    require(scope, Permission.DEVICE_GROUP_READ)
    rows = DeviceGroupAccess.objects.in_scope(scope).exclude(ends_at__lte=clock.now())
    if groups is not None:
        rows = rows.filter(device_group_id__in=[group.id for group in groups])
    order = (F("group__display_name").asc(nulls_last=True), "user__display_name", "id")
    return list(rows.select_related("group", "user").order_by(*order))


def devices_in(scope: Scope, group: DeviceGroup) -> QuerySet[Device]:
    """The devices of one group that the reader sees, by name. Raises Forbidden."""
    require(scope, Permission.DEVICE_READ)
    return seen_devices(scope).filter(device_group_id=group.id).order_by("dns_name", "id")


def groups_without_role(scope: Scope, group_ids: Iterable[uuid.UUID]) -> list[Group]:
    """Those of these user groups that hold no role now: being named lets nobody in them see a device."""
    require(scope, Permission.DEVICE_GROUP_READ)
    given = RoleAssignment.objects.in_scope(scope).filter(in_force(clock.now()), group_id__isnull=False)
    groups = Group.objects.in_scope(scope).filter(id__in=list(group_ids))
    return list(groups.exclude(id__in=given.values("group_id")).order_by("display_name"))


def preview(scope: Scope, rules: Iterable[Rule], *, limit: int = 10) -> tuple[list[Device], int]:
    """The first devices, by name, that rules would take, and how many they are in all.

    Only devices that the reader sees, wherever they rank now. Raises Forbidden, InvalidInput.
    """
    require(scope, Permission.DEVICE_GROUP_READ)
    wanted = clean_rules(rules)
    rows = seen_devices(scope).order_by("dns_name", "id")
    found = [device for device in rows.iterator(chunk_size=2000) if matches(wanted, traits_of(device))]
    return found[:limit], len(found)
