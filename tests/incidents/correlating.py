"""Alerts that come without an incident, and which of them came together."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.cast import Cast
from tests.connectors.samples import TYPE, graph_alert
from tests.devices.making import device_evidence
from tidegate.directory.models import Tenant
from tidegate.incidents.models import Alert

DAY: Final = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)


def at(hours: float) -> str:
    return (DAY + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def made(
    name: str, *devices: str, hours: float = 10, users: Sequence[str] = (), **changes: Any
) -> dict[str, Any]:
    """An alert without an incident, active at one time, naming these devices and users."""
    evidence = [*map(device_evidence, devices), *map(user_evidence, users)]
    times = {"firstActivityDateTime": at(hours), "lastActivityDateTime": at(hours)}
    return graph_alert(id=name, incidentId=None, title=f"Of {name}", evidence=evidence, **times) | changes


def user_evidence(name: str) -> dict[str, Any]:
    account = {"accountName": name, "userPrincipalName": f"{name}@corp.example"}
    return {"@odata.type": TYPE + "userEvidence", "userAccount": account}


def alert(cast: Cast, name: str, tenant: Tenant | None = None) -> Alert:
    rows = Alert.objects.of_tenant((tenant or cast.customer).id).select_related("incident")
    return rows.get(external_id=name)


def together(tenant: Tenant) -> set[frozenset[str]]:
    """Which alerts of a tenant are in one incident."""
    found: dict[Any, set[str]] = {}
    for row in Alert.objects.of_tenant(tenant.id):
        found.setdefault(row.incident_id, set()).add(row.external_id)
    return set(map(frozenset, found.values()))
