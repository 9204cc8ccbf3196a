"""The list of devices, of one tenant or of several: rows, filters and the pages around it."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from tidegate.core.paging import Page
from tidegate.devices.models import Device
from tidegate.devices.queries import HEALTHS, RISKS
from tidegate.web.device_words import describe_health, describe_risk, describe_system
from tidegate.web.inert import show_inert
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.list_page import export_forms
from tidegate.web.queue.rows import Badges
from tidegate.web.queue.saved import describe_saved
from tidegate.web.visit import Visit


def read_given(asked: Mapping[str, str]) -> dict[str, str]:
    """What an address asks of the list, without what it leaves open."""
    return {name: value for name in ("q", "risk", "health", "tenant") if (value := asked.get(name, ""))}


def describe_device_list(
    visit: Visit | ManyVisit,
    given: Mapping[str, str],
    page: Page[Device],
    counts: Mapping[uuid.UUID, int],
    tenants: Badges | None = None,
) -> dict[str, Any]:
    """The template's variables. `counts` are open alerts by device; `tenants` where several are shown."""
    return {
        "given": given,
        "rows": [_describe(device, counts, tenants) for device in page.rows],
        "risks": [(risk, describe_risk(risk)) for risk in reversed(RISKS)],
        "healths": [(health, describe_health(health)) for health in HEALTHS],
        **describe_saved(visit.scope.actor, "devices", visit.tid, given),
        "own_link": visit.link("devices", **given),
        "export_forms": export_forms("devices", visit.tid, given),
        "newer_url": _page_url(visit, given, page.previous_cursor),
        "older_url": _page_url(visit, given, page.next_cursor),
    }


def texts(values: Iterable[object]) -> list[str]:
    """What a source listed; members that are no text say nothing to people."""
    return [show_inert(value) for value in values if isinstance(value, str) and value]


def _describe(device: Device, counts: Mapping[uuid.UUID, int], tenants: Badges | None) -> dict[str, Any]:
    return {
        "device": device,
        "tid": str(device.tenant_id),
        "tenant": tenants[device.tenant_id] if tenants else None,
        "risk": describe_risk(device.risk_score),
        "health": describe_health(device.health_status),
        "alerts": counts.get(device.id, 0),
        "system": describe_system(device.os_platform),
        "tags": texts(device.tags),
        "addresses": texts(device.ip_addresses),
    }


def _page_url(visit: Visit | ManyVisit, given: Mapping[str, str], cursor: str) -> str:
    return visit.link("devices", **given, cursor=cursor) if cursor else ""
