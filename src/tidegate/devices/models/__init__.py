"""The room's tables."""

from tidegate.devices.models.device import Device, Identity
from tidegate.devices.models.group import DeviceGroup, DeviceGroupAccess

__all__ = ["Device", "DeviceGroup", "DeviceGroupAccess", "Identity"]
