"""The group of devices that no rule matches: every tenant with devices has one, and cannot delete it."""

import uuid
from typing import Final

from tidegate.core import clock
from tidegate.devices.models import DeviceGroup

UNGROUPED: Final = "Ungrouped devices"


def default_group(tenant_id: uuid.UUID) -> DeviceGroup:
    """The tenant's default group, made when it is first asked for."""
    groups = DeviceGroup.objects.of_tenant(tenant_id).filter(is_default=True)
    return groups.first() or DeviceGroup.rows.create(
        tenant_id=tenant_id, display_name=UNGROUPED, is_default=True, created_at=clock.now()
    )
