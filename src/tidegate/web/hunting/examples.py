"""Queries to begin with."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Example:
    """A query, and what it is for."""

    label: Promise
    query: str


EXAMPLES: Final = (
    Example(
        _("Alerts per day by severity"),
        "AlertInfo\n| summarize Alerts = count() by bin(Timestamp, 1d)\n| sort by Timestamp asc\n"
        "| render timechart",
    ),
    Example(
        _("Severe alerts that nobody took"),
        "AlertInfo\n| where Severity == 'High' and Status != 'resolved' and isempty(AssignedTo)\n"
        "| project Timestamp, AlertId, Title, Category, ServiceSource\n| sort by Timestamp desc",
    ),
    Example(
        _("A file on more than one device"),
        "AlertEvidence\n| where EntityType == 'File' and isnotempty(SHA256)\n"
        "| summarize Devices = dcount(DeviceId), Names = make_set(FileName, 5) by SHA256\n"
        "| where Devices > 1\n| top 20 by Devices",
    ),
    Example(
        _("Everything about one user"),
        "let who = 'name@example.com';\nAlertEvidence\n| where AccountUpn =~ who\n"
        "| join kind=inner AlertInfo on AlertId\n"
        "| project Timestamp, AlertId, Title, Severity, EvidenceRole\n| sort by Timestamp desc",
    ),
    Example(
        _("Addresses that alerts name most"),
        "AlertEvidence\n| where EntityType == 'Ip' and isnotempty(RemoteIP)\n"
        "| summarize Alerts = dcount(AlertId) by RemoteIP\n| top 15 by Alerts\n| render barchart",
    ),
    Example(
        _("Techniques that were used"),
        "AlertInfo\n| where AttackTechniques has_any ('T1566', 'T1204', 'T1059')\n"
        "| project Timestamp, AlertId, Title, Severity, AttackTechniques\n| sort by Timestamp desc",
    ),
    Example(
        _("Devices by the alerts about them"),
        "AlertEvidence\n| where isnotempty(DeviceId)\n| summarize Alerts = dcount(AlertId) by DeviceId\n"
        "| join kind=inner DeviceInfo on DeviceId\n"
        "| project DeviceName, Alerts, OSPlatform, MachineGroup, RiskScore\n| top 20 by Alerts",
    ),
)

OVER_TENANTS: Final = Example(
    _("A file at more than one customer"),
    "AlertEvidence\n| where EntityType == 'File' and isnotempty(SHA256)\n"
    "| summarize Tenants = dcount(TenantId), Names = make_set(FileName, 5) by SHA256\n"
    "| where Tenants > 1\n| top 20 by Tenants",
)
"""What only a run over several tenants can find."""
