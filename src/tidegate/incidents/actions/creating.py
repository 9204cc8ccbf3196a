"""An alert that a program makes of something that it found on a device."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction
from msgspec.structs import replace

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.connectors.kinds import microsoft_siem
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import AlertRecord, Json
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_block, clean_line
from tidegate.devices.models import Device
from tidegate.devices.queries import get_device
from tidegate.directory.models import Tenant
from tidegate.incidents.actions.changing import alert_target
from tidegate.incidents.document import format_time
from tidegate.incidents.intake.writing import take_in
from tidegate.incidents.models import Alert
from tidegate.incidents.visibility import seen_alerts, seen_evidence
from tidegate.incidents.words import OPEN_ALERT, Severity

SEVERITIES: Final = (Severity.INFORMATIONAL, Severity.LOW, Severity.MEDIUM, Severity.HIGH)
_LONGEST_TITLE: Final = 1_024
_LONGEST_TEXT: Final = 10_000
_LONGEST_REFERENCE: Final = 128


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on a device: `report_id` is the finder's own name for what it saw at `event_at`."""

    title: str
    severity: Severity
    category: str
    description: str
    recommended_action: str
    event_at: datetime
    report_id: str


def create_alert(scope: Scope, device_id: uuid.UUID, finding: Finding) -> Alert:
    """Raise an alert for a device; where an open one of that title names it, the finding joins that one.

    It comes in as a detection does, and is one. Raises Forbidden, NotFound for a device that is not there,
    InvalidInput.
    """
    require(scope, Permission.ALERT_UPDATE)
    _check(finding)
    device = get_device(scope, device_id)
    with transaction.atomic():
        # The lock of whatever comes in: of two findings at once, the second joins the first.
        Tenant.objects.select_for_update(no_key=True).get(id=scope.tenant_id)
        standing = _find_open(scope, device, finding.title)
        external_id = standing.external_id if standing else _make_id()
        taken = take_in(scope.tenant_id, [_make_record(device, finding, external_id)])
        alert = seen_alerts(scope).select_related("incident").get(external_id=external_id)
        tag = "alert.detection_added" if standing else "alert.created"
        details: dict[str, object] = {"device": str(device), "report_id": finding.report_id}
        record(scope, tag, alert_target(alert), details=details | taken.details())
    return alert


def _check(finding: Finding) -> None:
    if finding.severity not in SEVERITIES:
        raise InvalidInput(fields={"severity": f"must be one of: {', '.join(s.word for s in SEVERITIES)}"})
    clean_line(finding.title, "title", longest=_LONGEST_TITLE)
    clean_line(finding.category, "category", longest=64)
    clean_line(finding.report_id, "reportId", longest=_LONGEST_REFERENCE)
    clean_block(finding.description, "description", longest=_LONGEST_TEXT)
    clean_block(finding.recommended_action, "recommendedAction", longest=_LONGEST_TEXT)
    if finding.event_at > clock.now():
        raise InvalidInput(fields={"eventTime": "must not be in the future"})


def _find_open(scope: Scope, device: Device, title: str) -> Alert | None:
    naming = seen_evidence(scope).filter(device_id=device.id).values("alert_id")
    alerts = seen_alerts(scope).filter(id__in=naming, title=title, status__in=OPEN_ALERT)
    return alerts.order_by("-created_at", "-id").first()


def _make_id() -> str:
    """An id such as Defender's own: of the time in ticks, and a number."""
    ticks = int(clock.now().timestamp() * 10_000_000) + 621_355_968_000_000_000
    return f"da{ticks}_{secrets.randbelow(2**31)}"


def _make_record(device: Device, finding: Finding, external_id: str) -> AlertRecord:
    now = clock.now()
    members = _make_detection(device, finding, external_id, now)
    raw = msgspec.json.encode(members).decode()
    told = microsoft_siem.parse(members, raw, Limits()).record
    if not isinstance(told, AlertRecord):
        raise TypeError(told)
    return replace(
        told,
        recommended_actions=finding.recommended_action,
        first_activity_at=finding.event_at,
        last_activity_at=finding.event_at,
    )


def _make_detection(device: Device, finding: Finding, external_id: str, now: datetime) -> Mapping[str, Json]:
    return {
        "AlertId": external_id,
        "AlertTime": format_time(now),
        "AlertTitle": finding.title,
        "Category": finding.category,
        "Severity": finding.severity.word.capitalize(),
        "Description": finding.description,
        "Source": "CustomDetection",
        "FullId": f"{external_id}:{uuid.uuid4()}",
        "ExternalId": finding.report_id,
        "DeviceID": device.mde_device_id,
        "ComputerDnsName": device.dns_name,
        "MachineGroup": device.device_group_name,
        "LastProcessedTimeUtc": format_time(now),
    }
