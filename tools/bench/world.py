"""The world that is measured: tenants and applications as a manifest, alerts as Graph writes them."""

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

SEED: Final = 20_260_301
SECRET: Final = "a-secret-for-measuring-only.0123456789"  # noqa: S105  of a world that lives for minutes
TENANT_ID: Final = uuid.UUID("7d9f0f4e-3a36-4b0d-9c1e-6f2b8d5a1c01")
CLIENT_ID: Final = uuid.UUID("7d9f0f4e-3a36-4b0d-9c1e-6f2b8d5a1c02")
DOMAIN: Final = "measured.example"
PERMISSIONS: Final = (
    "graph/SecurityAlert.ReadWrite.All",
    "graph/SecurityAlert.Create.All",
    "graph/SecurityIncident.Read.All",
    "defender/Alert.Read.All",
    "siem/Alerts.Fetch.All",
)
_SEVERITIES: Final = ("informational", "low", "medium", "high")
_CATEGORIES: Final = ("Malware", "InitialAccess", "Persistence", "Exfiltration", "SuspiciousActivity")
_SOURCES: Final = ("microsoftDefenderForEndpoint", "microsoftDefenderForIdentity", "microsoft365Defender")


@dataclass(frozen=True)
class Size:
    """How much of everything there is: alerts of the one tenant, and of the many that the queue is over."""

    alerts: int
    queue_alerts: int = 0


def describe_tenants(number: int = 1) -> str:
    """The manifest of tenants, each with an administrator and an application that may do everything."""
    return json.dumps({"version": 1, "tenants": [_describe_tenant(rank) for rank in range(number)]})


def tenant_id(rank: int = 0) -> uuid.UUID:
    """The id of one of the tenants."""
    return uuid.UUID(int=TENANT_ID.int + (rank << 16))


def client_id(rank: int = 0) -> uuid.UUID:
    """The Application ID of its application."""
    return uuid.UUID(int=CLIENT_ID.int + (rank << 16))


def domain(rank: int = 0) -> str:
    """Its domain."""
    return DOMAIN if not rank else f"{rank}.{DOMAIN}"


def _describe_tenant(rank: int) -> dict[str, Any]:
    permissions = list(PERMISSIONS)
    return {
        "id": str(tenant_id(rank)),
        "display_name": f"Measured {rank + 1} Ltd",
        "domains": [domain(rank)],
        "users": [
            {
                "email": f"admin@{domain(rank)}",
                "display_name": "Ada Measured",
                "password": "a password for measuring only",
                "roles": ["Global Administrator"],
            }
        ],
        "applications": [
            {
                "client_id": str(client_id(rank)),
                "display_name": "Meter",
                "required_permissions": permissions,
                "secrets": [{"display_name": "meter", "text": SECRET}],
            }
        ],
        "consents": [{"application": str(client_id(rank)), "permissions": permissions}],
    }


def make_alerts(size: Size) -> Iterator[str]:
    """Alerts as JSON, one a line, the same for the same size: a device and an address each."""
    chance = random.Random(SEED)  # noqa: S311  the same every time
    begin = datetime.now(UTC) - timedelta(days=20)
    step = timedelta(days=20) / size.alerts
    for number in range(size.alerts):
        yield json.dumps(make_alert(number, begin + step * number, chance))


def make_alert(number: int, at: datetime, chance: random.Random) -> dict[str, Any]:
    """One alert as Graph writes it."""
    moment = at.isoformat().replace("+00:00", "Z")
    device, address = chance.randrange(2_000), chance.randrange(1 << 24)
    return {
        "@odata.type": "#microsoft.graph.security.alert",
        "id": f"da{number:09d}_{chance.getrandbits(32):08x}",
        "incidentId": str(1_000 + number // 4),
        "title": f"Suspicious process started by {chance.choice(_CATEGORIES)} tool number {number % 400}",
        "description": "A process was started that is rarely seen on this device, by a tool often misused. "
        * 3,
        "recommendedActions": "Look at the process tree; isolate the device where more of it is seen.",
        "severity": chance.choices(_SEVERITIES, (40, 30, 20, 10))[0],
        "status": chance.choices(("new", "inProgress", "resolved"), (30, 10, 60))[0],
        "category": chance.choice(_CATEGORIES),
        "serviceSource": chance.choice(_SOURCES),
        "detectionSource": "microsoftDefenderForEndpoint",
        "createdDateTime": moment,
        "lastUpdateDateTime": moment,
        "firstActivityDateTime": moment,
        "lastActivityDateTime": moment,
        "mitreTechniques": ["T1059.001"],
        "evidence": [
            {
                "@odata.type": "#microsoft.graph.security.deviceEvidence",
                "createdDateTime": moment,
                "verdict": "unknown",
                "remediationStatus": "none",
                "mdeDeviceId": f"{device:040x}",
                "deviceDnsName": f"ws-{device:04d}.{DOMAIN}",
                "osPlatform": "Windows11",
            },
            {
                "@odata.type": "#microsoft.graph.security.ipEvidence",
                "createdDateTime": moment,
                "verdict": "suspicious",
                "remediationStatus": "none",
                "ipAddress": f"10.{address >> 16}.{address >> 8 & 255}.{address & 255}",
            },
        ],
    }
