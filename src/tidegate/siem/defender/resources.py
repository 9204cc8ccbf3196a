"""What may be asked of the Defender for Endpoint API's lists.

Microsoft, "OData queries with Microsoft Defender for Endpoint", and the page of each list.
"""

from typing import Final

from tidegate.core.paging import SortKey
from tidegate.odata.resource import Kind, Property, Resource
from tidegate.siem.defender import alert_form, machine_form
from tidegate.siem.words import (
    ALERT_STATUSES,
    CLASSIFICATIONS,
    DETECTION_SOURCES,
    DETERMINATIONS,
    severities_to_read,
    words_to_read,
)

PAGE: Final = 10_000

EVIDENCE: Final = Resource("evidence")

ALERT: Final = Resource(
    "alerts",
    properties=(
        Property("id", "external_id", exact_case=True),
        Property("alertCreationTime", "created_at", Kind.DATETIME),
        Property("firstEventTime", "first_activity_at", Kind.DATETIME),
        Property("lastEventTime", "last_activity_at", Kind.DATETIME),
        Property("lastUpdateTime", "last_update_at", Kind.DATETIME),
        Property("resolvedTime", "resolved_at", Kind.DATETIME),
        Property("incidentId", "incident__number", Kind.INTEGER),
        # There are no automated investigations here.
        Property("investigationId", "", Kind.INTEGER),
        Property("assignedTo", "assigned_to", null_as=("",)),
        Property("title", "title"),
        Property("category", "category"),
        Property("detectionSource", "detection_source", Kind.ENUM, words_to_read(DETECTION_SOURCES)),
        Property("severity", "severity", Kind.ENUM, severities_to_read()),
        Property("status", "status", Kind.ENUM, words_to_read(ALERT_STATUSES)),
        Property(
            "classification",
            "classification",
            Kind.ENUM,
            words_to_read(CLASSIFICATIONS),
            null_as=("unknown",),
        ),
        Property(
            "determination",
            "determination",
            Kind.ENUM,
            words_to_read(DETERMINATIONS),
            null_as=("unknown",),
        ),
    ),
    members=alert_form.MEMBERS,
    orderable=(
        "id", "alertCreationTime", "firstEventTime", "lastEventTime", "lastUpdateTime", "severity", "title",
    ),
    default_order=(SortKey("created_at"), SortKey("id")),
    expandable={"evidence": EVIDENCE},
    default_top=PAGE,
    largest_top=PAGE,
)  # fmt: skip

MACHINE: Final = Resource(
    "machines",
    properties=(
        Property("id", "mde_device_id", null_as=("",)),
        Property("computerDnsName", "dns_name", null_as=("",)),
        Property("firstSeen", "first_seen_at", Kind.DATETIME),
        Property("lastSeen", "last_seen_at", Kind.DATETIME),
        Property("osPlatform", "os_platform", null_as=("",)),
        Property("version", "version", null_as=("",)),
        Property("healthStatus", "health_status", null_as=("",)),
        Property("onboardingStatus", "onboarding_status", null_as=("",)),
        Property("riskScore", "risk_score", null_as=("",)),
        Property("rbacGroupName", "device_group_name", null_as=("",)),
        Property("aadDeviceId", "aad_device_id", null_as=("",)),
        Property("machineTags", "tags", Kind.TEXT_LIST),
        # Nothing that comes in tells these of a device.
        Property("rbacGroupId", "", Kind.INTEGER),
        Property("exposureLevel"),
        Property("deviceValue"),
        Property("lastIpAddress"),
    ),
    members=machine_form.MEMBERS,
    orderable=("id", "computerDnsName", "firstSeen", "lastSeen", "osPlatform", "version"),
    default_order=(SortKey("last_seen_at"), SortKey("id")),
    default_top=PAGE,
    largest_top=PAGE,
)
