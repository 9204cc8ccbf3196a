"""What the clients meet: the provider of the documentation's example, and alerts of two of its customers."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests.connectors.samples import TYPE, graph_alert
from tests.manifest.making import CLIENT, EXAMPLE
from tests.oauth.certificates import make_pem, make_private

SECRET: Final = "a-secret-of-this-example-only.1"
CALLBACK: Final = "http://localhost:8400/cb"
CUSTOMER_DOMAIN: Final = "delta.example"
OTHER: Final = "9d2f6b30-8c15-47ea-b3f4-0e6a7c918d53"
OTHER_DOMAIN: Final = "polder.example"
SINCE: Final = "2026-01-01T00:00:00Z"
THEIRS: Final = "theirs"
PRIVATE_KEY: Final = make_private("rsa for clients")


@dataclass(frozen=True)
class Person:
    """Somebody who signs in."""

    email: str
    password: str


ADA: Final = Person("ada@delta.example", "a-windmill-for-the-delta-41")


@dataclass(frozen=True)
class Row:
    """An alert as the tests know it. Its number is also how many minutes old it is, and its device's."""

    number: int
    severity: str
    incident: str
    group: str

    @property
    def id(self) -> str:
        return f"da{self.number}"


ROWS: Final = (
    Row(1, "high", "101", "Office"),
    Row(2, "medium", "101", "Office"),
    Row(3, "low", "102", "Plant"),
    Row(4, "informational", "102", "Plant"),
    Row(5, "high", "103", "Office"),
)
NEWEST_FIRST: Final = [row.id for row in ROWS]
HIGH: Final = [row.id for row in ROWS if row.severity == "high"]
GROUPS: Final = {name: {row.id for row in ROWS if row.group == name} for name in ("Office", "Plant")}


def write_world(folder: Path) -> Path:
    """The example, its application with a certificate besides its secret."""
    world = yaml.safe_load(EXAMPLE.read_text())
    applications = [found for tenant in world["tenants"] for found in tenant.get("applications", ())]
    (application,) = [found for found in applications if found["client_id"] == CLIENT]
    application["certificates"] = [{"pem": certificate()}]
    path = folder / "world.json"
    path.write_text(json.dumps(world))
    return path


@cache
def certificate() -> str:
    """The certificate with which the example's application may prove itself."""
    return make_pem(PRIVATE_KEY)


def our_alerts() -> list[dict[str, Any]]:
    """The customer's alerts."""
    return [_alert(row) for row in ROWS]


def their_alerts() -> list[dict[str, Any]]:
    """The other customer's one alert."""
    return [_alert(Row(9, "high", "201", "Shop")) | {"id": THEIRS}]


def _alert(row: Row) -> dict[str, Any]:
    at = (datetime.now(UTC) - timedelta(minutes=row.number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    base = {"createdDateTime": at, "remediationStatus": "none", "verdict": "suspicious"}
    times = ("createdDateTime", "lastUpdateDateTime", "firstActivityDateTime", "lastActivityDateTime")
    device = {"mdeDeviceId": f"d{row.number}", "deviceDnsName": f"pc{row.number}.delta.example"}
    return graph_alert(
        id=row.id,
        incidentId=row.incident,
        title=f"Alert {row.number}",
        severity=row.severity,
        evidence=[
            {"@odata.type": f"{TYPE}deviceEvidence", **base, **device, "rbacGroupName": row.group},
            {"@odata.type": f"{TYPE}ipEvidence", **base, "ipAddress": f"192.0.2.{row.number}"},
        ],
        **dict.fromkeys(times, at),
    )
