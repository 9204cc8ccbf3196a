"""Looking at devices. Every question starts from a Scope; unseen is NotFound, the same as absent."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import Page, SortKey, take_page
from tidegate.devices.models import Device
from tidegate.devices.visibility import seen_devices

ORDER: Final = (SortKey("last_seen_at"), SortKey("id"))
# Graph's deviceRiskScore and deviceHealthStatus; other writers spell them with a capital.
RISKS: Final = ("none", "informational", "low", "medium", "high")
HEALTHS: Final = (
    "active",
    "inactive",
    "impairedCommunication",
    "noSensorData",
    "noSensorDataImpairedCommunication",
    "unknown",
)
# What may be part of an address; anything else could meet the marks of the list that holds them.
_PART_OF_ADDRESS: Final = re.compile(r"[0-9A-Fa-f.:]+")


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Chosen values; an empty choice leaves that side open.

    `text` is part of a name, of a group or of an IP address, or the whole of Defender's id. `tenant_id`
    narrows a list over several tenants; it opens none.
    """

    text: str = ""
    risk: str = ""
    health: str = ""
    tenant_id: uuid.UUID | None = None


def read_device_filter(values: Mapping[str, str]) -> DeviceFilter:
    """Read a filter from an address's parameters. Raises InvalidInput naming the parameter."""
    text = values.get("q", "").strip()
    if len(text) > 200 or "\0" in text:
        raise InvalidInput(fields={"q": "must be at most 200 characters"})
    tid = values.get("tenant", "")
    tenant_id = parse_uuid(tid)
    if tid and tenant_id is None:
        raise InvalidInput(fields={"tenant": "must be a directory ID"})
    risk, health = _read_one(values, "risk", RISKS), _read_one(values, "health", HEALTHS)
    return DeviceFilter(text, risk, health, tenant_id)


def list_devices(scope: Scope | ManyScope, chosen: DeviceFilter) -> QuerySet[Device]:
    """The devices that a filter leaves of those that may be seen, with their groups. Raises Forbidden."""
    require(scope, Permission.DEVICE_READ)
    rows: QuerySet[Device] = seen_devices(scope).select_related("device_group")
    if chosen.text:
        rows = _search(rows, chosen.text)
    if chosen.tenant_id:
        rows = rows.filter(tenant_id=chosen.tenant_id)
    if chosen.risk:
        rows = rows.filter(risk_score__iexact=chosen.risk)
    return rows.filter(health_status__iexact=chosen.health) if chosen.health else rows


def page_devices(scope: Scope | ManyScope, chosen: DeviceFilter, cursor: str) -> Page[Device]:
    """One page of them, seen last first. Raises Forbidden, InvalidInput."""
    return take_page(list_devices(scope, chosen), ORDER, cursor=cursor)


def get_device(scope: Scope, device_id: uuid.UUID) -> Device:
    """One device. Raises NotFound, Forbidden."""
    device = list_devices(scope, DeviceFilter()).filter(id=device_id).first()
    if device is None:
        raise NotFound("There is no such device.")
    return device


def find_machine(scope: Scope, name: str) -> Device | None:
    """The device with this id in Defender or Entra, or this DNS name; None for none. Raises Forbidden."""
    rows = list_devices(scope, DeviceFilter())
    if not name or "\0" in name:
        return None
    known = Q(mde_device_id__iexact=name) | Q(aad_device_id__iexact=name) | Q(dns_name__iexact=name)
    return rows.filter(known).order_by("-last_seen_at", "-id").first()


def _search(rows: QuerySet[Device], text: str) -> QuerySet[Device]:
    named = Q(device_group__display_name__icontains=text) | Q(device_group_name__icontains=text)
    found = Q(dns_name__icontains=text) | named | Q(mde_device_id__iexact=text)
    if _PART_OF_ADDRESS.fullmatch(text):
        rows = rows.alias(addresses=Cast("ip_addresses", TextField()))
        found |= Q(addresses__icontains=text)
    return rows.filter(found)


def _read_one(values: Mapping[str, str], field: str, known: tuple[str, ...]) -> str:
    word = values.get(field, "")
    if word and word not in known:
        raise InvalidInput(fields={field: f"must be one of: {', '.join(known)}"})
    return word
