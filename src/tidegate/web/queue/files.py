"""Lists of the queue as files: a row of a file is a row of the list, with its whole values."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from django.conf import settings

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.devices.models import Device
from tidegate.directory.naming import names_of
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import Severity
from tidegate.web.links import tenant_link

type FileRow = dict[str, object]
type TenantNames = Mapping[uuid.UUID, str]

_WORKED_ON: Final = ("classification", "determination", "category")
INCIDENT_HEAD: Final = (
    *("tenant", "tenant_id", "number", "title", "severity", "status", "assigned_to", "owner"),
    *(*_WORKED_ON, "tags", "alerts", "devices", "users"),
    *("created_at", "last_activity_at", "acknowledged_at", "resolved_at", "link"),
)
ALERT_HEAD: Final = (
    *("tenant", "tenant_id", "id", "title", "severity", "status", "assigned_to", "owner"),
    *(*_WORKED_ON, "source", "detection_source", "incident"),
    *("created_at", "last_activity_at", "resolved_at", "link"),
)
DEVICE_HEAD: Final = (
    *("tenant", "tenant_id", "id", "name", "defender_id", "risk", "health", "operating_system"),
    *("device_group", "tags", "ip_addresses", "last_seen_at", "link"),
)


def incident_file_rows(
    scope: Scope | ManyScope, blocks: Iterable[list[Incident]], tenants: TenantNames
) -> Iterator[FileRow]:
    """Incidents as the file has them. One statement a block, for the names of owners."""
    for block in blocks:
        names = names_of(scope, (incident.assigned_user_id for incident in block))
        for incident in block:
            yield {
                **_tenant(incident.tenant_id, tenants),
                "number": incident.number,
                "title": incident.display_name,
                **_worked_on(incident, names),
                "tags": list(incident.custom_tags),
                "alerts": incident.alert_count,
                "devices": incident.device_count,
                "users": incident.identity_count,
                **_times(incident, "created_at", "last_activity_at", "acknowledged_at", "resolved_at"),
                "link": _link("incident", incident.tenant_id, incident.number),
            }


def alert_file_rows(
    scope: Scope | ManyScope, blocks: Iterable[list[Alert]], tenants: TenantNames
) -> Iterator[FileRow]:
    """Alerts as the file has them. One statement a block, for the names of owners."""
    for block in blocks:
        names = names_of(scope, (alert.assigned_user_id for alert in block))
        for alert in block:
            yield {
                **_tenant(alert.tenant_id, tenants),
                "id": alert.external_id,
                "title": alert.title,
                **_worked_on(alert, names),
                "source": alert.service_source,
                "detection_source": alert.detection_source,
                "incident": alert.incident.number,
                **_times(alert, "created_at", "last_activity_at", "resolved_at"),
                "link": _link("alert", alert.tenant_id, alert.external_id),
            }


def device_file_rows(devices: Iterable[Device], tenants: TenantNames) -> Iterator[FileRow]:
    """Devices as the file has them."""
    for device in devices:
        yield {
            **_tenant(device.tenant_id, tenants),
            "id": str(device.id),
            "name": device.dns_name,
            "defender_id": device.mde_device_id,
            "risk": device.risk_score,
            "health": device.health_status,
            "operating_system": device.os_platform,
            "device_group": device.device_group.display_name,
            "tags": device.tags,
            "ip_addresses": device.ip_addresses,
            **_times(device, "last_seen_at"),
            "link": _link("device", device.tenant_id, device.id),
        }


def as_cells(row: FileRow) -> list[object]:
    """A row of a CSV file: what is a list stands in one cell."""
    return [
        "; ".join(map(str, value)) if isinstance(value, list | tuple) else value for value in row.values()
    ]


def _tenant(tenant_id: uuid.UUID, tenants: TenantNames) -> FileRow:
    return {"tenant": tenants.get(tenant_id, ""), "tenant_id": str(tenant_id)}


def _worked_on(row: Incident | Alert, names: Mapping[uuid.UUID, str]) -> FileRow:
    return {
        "severity": Severity(row.severity).word,
        "status": row.status,
        "assigned_to": row.assigned_to,
        "owner": names.get(row.assigned_user_id, "") if row.assigned_user_id else "",
        "classification": row.classification,
        "determination": row.determination,
        "category": row.category,
    }


def _times(row: object, *names: str) -> FileRow:
    moments: list[datetime | None] = [getattr(row, name) for name in names]
    return {name: at.isoformat() if at else None for name, at in zip(names, moments, strict=True)}


def _link(name: str, tenant_id: uuid.UUID, *args: object) -> str:
    return f"{settings.BASE_URL}{tenant_link(name, str(tenant_id), *args)}"
