"""DeviceInfo: a row for each device, as last known."""

from typing import Final

from tidegate.devices.visibility import seen_devices
from tidegate.hunting.tables.table import TENANT_COLUMN, Table, identifier, instant, text, value

DEVICE_INFO: Final = Table(
    "DeviceInfo",
    "Devices that alerts name, as last known",
    seen_devices,
    "last_seen_at",
    (
        "tenant_id", "last_seen_at", "mde_device_id", "dns_name", "os_platform", "os_build", "version",
        "aad_device_id", "device_group__display_name", "health_status", "risk_score", "onboarding_status",
        "av_status", "ip_addresses", "logged_on_users", "tags", "given_tags", "first_seen_at", "id",
    ),
    (
        instant("Timestamp", "last_seen_at", "When it was seen last"),
        text("DeviceId", "mde_device_id", "Its id in Defender"),
        text("DeviceName", "dns_name", "Its name"),
        text("OSPlatform", "os_platform", "Its operating system"),
        text("OSVersion", "version", "Which release of it"),
        text("OSBuild", "os_build", "Which build of it"),
        text("AadDeviceId", "aad_device_id", "Its id in Entra"),
        text("MachineGroup", "device_group__display_name", "The device group that it is in here"),
        text("SensorHealthState", "health_status", "Whether its sensor reports"),
        text("RiskScore", "risk_score", "How much it is at risk"),
        text("OnboardingStatus", "onboarding_status", "Whether it is managed"),
        text("AntivirusStatus", "av_status", "How its antivirus is"),
        value("IPAddresses", "ip_addresses", "Its addresses", is_json_column=True),
        value("LoggedOnUsers", "logged_on_users", "Who was signed in", is_json_column=True),
        value("DeviceDynamicTags", "tags", "Tags that its source gave", is_json_column=True),
        value("DeviceManualTags", "given_tags", "Tags given here", is_json_column=True),
        instant("FirstSeen", "first_seen_at", "When it was seen first"),
        identifier("PortalDeviceId", "id", "Its id in this portal's addresses"),
        TENANT_COLUMN,
    ),
)  # fmt: skip
