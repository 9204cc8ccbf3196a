"""Devices are put into their groups: each into the first by rank whose rules take it, else the default.

Called inside the transaction of what changed, under the lock of the tenant's row.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Final

from tidegate.core.prepared import UUID, PreparedObjects
from tidegate.devices.default_group import default_group
from tidegate.devices.matching import Rule, matches, read_rules, traits_of
from tidegate.devices.models import Device, DeviceGroup

_MOVED_AT_ONCE: Final = 500
_GROUPS: Final = PreparedObjects(
    lambda tenant_id: DeviceGroup.objects.of_tenant(tenant_id).order_by("rank", "id"), tenant_id=UUID
)


@dataclass(frozen=True, slots=True)
class Placement:
    """The rules of a tenant's groups, by rank, and where everything else goes."""

    ranked: tuple[tuple[uuid.UUID, tuple[Rule, ...]], ...]
    default_id: uuid.UUID

    def group_of(self, device: Device) -> uuid.UUID:
        """The group that a device belongs in."""
        if not self.ranked:
            return self.default_id
        traits = traits_of(device)
        return next((found for found, rules in self.ranked if matches(rules, traits)), self.default_id)


def read_placement(tenant_id: uuid.UUID, *, without: uuid.UUID | None = None) -> Placement:
    """A tenant's groups as they stand, but for one that is about to go. One statement."""
    groups = _GROUPS.all(tenant_id=tenant_id)
    default = next((group for group in groups if group.is_default), None) or default_group(tenant_id)
    ranked = (group for group in groups if not group.is_default and group.id != without)
    return Placement(tuple((group.id, read_rules(group.rules)) for group in ranked), default.id)


def place_devices(tenant_id: uuid.UUID, *, without: uuid.UUID | None = None) -> int:
    """Put every device of a tenant where it belongs; how many moved."""
    placement = read_placement(tenant_id, without=without)
    moves: dict[uuid.UUID, list[uuid.UUID]] = {}
    for device_id, group_id in _find_moves(tenant_id, placement):
        moves.setdefault(group_id, []).append(device_id)
    for group_id, devices in moves.items():
        _move(tenant_id, group_id, devices)
    return sum(map(len, moves.values()))


def _find_moves(tenant_id: uuid.UUID, placement: Placement) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    seen = Device.objects.of_tenant(tenant_id).only(
        "tenant_id", "id", "dns_name", "tags", "os_platform", "device_group_id"
    )
    for device in seen.iterator(chunk_size=2000):
        group_id = placement.group_of(device)
        if group_id != device.device_group_id:
            yield device.id, group_id


def _move(tenant_id: uuid.UUID, group_id: uuid.UUID, device_ids: Iterable[uuid.UUID]) -> None:
    for some in batched(device_ids, _MOVED_AT_ONCE):
        Device.objects.of_tenant(tenant_id).filter(id__in=some).update(device_group_id=group_id)
