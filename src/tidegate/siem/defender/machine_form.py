"""A device as the Defender for Endpoint API shows it (Microsoft, "Machine resource type")."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from tidegate.devices.models import Device
from tidegate.incidents.document import format_time
from tidegate.siem.words import capitalize

MEMBERS: Final = (
    "id", "computerDnsName", "firstSeen", "lastSeen", "osPlatform", "osVersion", "osProcessor", "version",
    "lastIpAddress", "lastExternalIpAddress", "osBuild", "healthStatus", "deviceValue", "rbacGroupId",
    "rbacGroupName", "riskScore", "exposureLevel", "isAadJoined", "aadDeviceId", "machineTags",
    "onboardingStatus", "osArchitecture", "defenderAvStatus", "ipAddresses",
)  # fmt: skip


def machine_id(device: Device) -> str:
    """What the API calls a device: its id in Defender, or the one that it has here."""
    return device.mde_device_id or str(device.id)


def show_machine(device: Device) -> dict[str, object]:
    """The device, which was read with its group."""
    addresses = list(_addresses_of(device))
    return {
        "id": machine_id(device),
        "computerDnsName": device.dns_name or None,
        "firstSeen": format_time(device.first_seen_at),
        "lastSeen": format_time(device.last_seen_at),
        "osPlatform": device.os_platform or None,
        "osVersion": None,
        "osProcessor": None,
        "version": device.version or None,
        "lastIpAddress": addresses[0] if addresses else None,
        "lastExternalIpAddress": None,
        "osBuild": int(device.os_build) if _is_number(device.os_build) else None,
        "healthStatus": capitalize(device.health_status) or "Unknown",
        "deviceValue": None,
        "rbacGroupId": None,
        "rbacGroupName": device.device_group_name or device.device_group.display_name,
        "riskScore": capitalize(device.risk_score) or "None",
        "exposureLevel": None,
        "isAadJoined": bool(device.aad_device_id),
        "aadDeviceId": device.aad_device_id or None,
        "machineTags": [str(tag) for tag in device.tags],
        "onboardingStatus": _onboarding(device.onboarding_status),
        "osArchitecture": None,
        "defenderAvStatus": capitalize(device.av_status) or "NotSupported",
        "ipAddresses": [
            {"ipAddress": address, "macAddress": None, "operationalStatus": None} for address in addresses
        ],
    }


def _addresses_of(device: Device) -> Iterator[str]:
    """Its addresses as they came, but for those that lead back to itself."""
    for address in device.ip_addresses:
        try:
            parsed = ip_address(str(address))
        except ValueError:
            continue
        if not parsed.is_loopback:
            yield str(parsed)


def _onboarding(word: str) -> str:
    # The one word of this enumeration that Defender writes small.
    return "onboarded" if word.lower() == "onboarded" else capitalize(word) or "InsufficientInfo"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
