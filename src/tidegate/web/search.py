"""What the search page shows: groups of rows, each with its tenant where several are open."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.devices.models import Device, Identity
from tidegate.directory.models import User
from tidegate.incidents import search as looking
from tidegate.incidents.indicator_queries import Named
from tidegate.incidents.models import Alert, Incident, IndicatorKind
from tidegate.incidents.search import Found
from tidegate.web import frame as fr
from tidegate.web.inert import show_inert
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.rows import severity_word
from tidegate.web.visit import Visit

KIND_WORDS: Final[Mapping[IndicatorKind, str | Promise]] = {
    IndicatorKind.SHA256: "SHA-256",
    IndicatorKind.SHA1: "SHA-1",
    IndicatorKind.MD5: "MD5",
    IndicatorKind.IP: _("IP address"),
    IndicatorKind.URL: "URL",
    IndicatorKind.DOMAIN: _("Domain"),
    IndicatorKind.FILE: _("File"),
    IndicatorKind.ACCOUNT: _("User"),
    IndicatorKind.DEVICE: _("Device"),
    IndicatorKind.TECHNIQUE: _("Technique"),
}


def describe_kind(kind: IndicatorKind) -> str:
    """A kind of indicator in the reader's language."""
    return str(KIND_WORDS[kind])


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of a group. `tenant` is whose it is, where several are open; `severity` Graph's word or ""."""

    tenant_id: uuid.UUID
    url: str
    title: str
    detail: str = ""
    severity: str = ""
    status: str = ""
    number: int | None = None
    at: datetime | None = None
    is_exact: bool = False
    tenant: fr.TenantBadge | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of thing that was found; `more_url` leads to all of it, where a list shows that."""

    key: str
    title: str | Promise
    hits: Sequence[Hit]
    more_url: str
    has_more: bool
    is_cut_short: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: how it is looked up, by whom, and how it is shown. `page` is the list behind it."""

    title: str | Promise
    permission: Permission
    look_up: Callable[[Scope | ManyScope, str], Found[Any]]
    show: Callable[[Any], Hit]
    page: str = ""
    leads: bool = False


def search_all(visit: Visit | ManyVisit, text: str, kinds: Collection[str] = ()) -> list[Group]:
    """What was found of every kind that the visitor may read, without kinds of which there is nothing.

    Of `kinds` alone, where any are named.
    """
    asked = [key for key in _KINDS if not kinds or key in kinds]
    return [group for key in asked if (group := _search(visit, key, text)) is not None]


def lone_hit(groups: Sequence[Group]) -> str:
    """Where the one incident, alert or device is that is called exactly so; "" for none, or for several."""
    exact = [hit for group in groups if _KINDS[group.key].leads for hit in group.hits if hit.is_exact]
    return exact[0].url if len(exact) == 1 else ""


def with_tenants(groups: Sequence[Group], badges: dict[uuid.UUID, fr.TenantBadge]) -> list[Group]:
    """The same, each row with its tenant. One whose tenant can no longer be entered is left out."""
    return [replace(group, hits=list(_with_tenants(group.hits, badges))) for group in groups]


def _with_tenants(hits: Sequence[Hit], badges: dict[uuid.UUID, fr.TenantBadge]) -> Iterator[Hit]:
    for hit in hits:
        if hit.tenant_id in badges:
            yield replace(hit, tenant=badges[hit.tenant_id])


def _search(visit: Visit | ManyVisit, key: str, text: str) -> Group | None:
    kind = _KINDS[key]
    scope = visit.scope_of(kind.permission) if isinstance(visit, ManyVisit) else visit.scope
    if not scope.allows(kind.permission):
        return None
    found = kind.look_up(scope, text)
    if not found.rows and not found.is_cut_short:
        return None
    hits = [replace(kind.show(row), is_exact=place < found.exact) for place, row in enumerate(found.rows)]
    # The list of users is of one tenant.
    has_list = kind.page and (kind.page != "users" or isinstance(visit, Visit))
    more_url = visit.link(kind.page, q=text) if has_list else ""
    return Group(key, kind.title, hits, more_url, found.has_more, found.is_cut_short)


def _show_incident(incident: Incident) -> Hit:
    tags = ", ".join(show_inert(tag) for tag in incident.custom_tags)
    return Hit(
        incident.tenant_id,
        tenant_link("incident", str(incident.tenant_id), incident.number),
        show_inert(incident.display_name),
        tags,
        severity_word(incident.severity),
        incident.status,
        incident.number,
        incident.created_at,
    )


def _show_alert(alert: Alert) -> Hit:
    return Hit(
        alert.tenant_id,
        tenant_link("alert", str(alert.tenant_id), alert.external_id),
        show_inert(alert.title),
        alert.external_id,
        severity_word(alert.severity),
        alert.status,
        alert.incident.number,
        alert.created_at,
    )


def _show_device(device: Device) -> Hit:
    addresses = ", ".join(show_inert(one) for one in device.ip_addresses[:3] if isinstance(one, str))
    url = tenant_link("device", str(device.tenant_id), device.id)
    return Hit(device.tenant_id, url, show_inert(str(device)), addresses, at=device.last_seen_at)


def _show_identity(identity: Identity) -> Hit:
    # It has no page of its own: what alerts tell of it has.
    name = identity.user_principal_name or identity.account_name
    url = tenant_link("sightings", str(identity.tenant_id), q=name or identity.display_name)
    return Hit(
        identity.tenant_id, url, show_inert(str(identity)), show_inert(identity.display_name),
        at=identity.last_seen_at,
    )  # fmt: skip


def _show_user(user: User) -> Hit:
    url = tenant_link("user", str(user.tenant_id), user.id)
    return Hit(user.tenant_id, url, show_inert(user.display_name), show_inert(user.user_principal_name))


def _show_named(named: Named) -> Hit:
    url = tenant_link("sightings", str(named.tenant_id), q=named.value)
    return Hit(
        named.tenant_id, url, show_inert(named.value), describe_kind(named.kind),
        number=named.alerts, at=named.last_at,
    )  # fmt: skip


_KINDS: Final = {
    "incidents": Kind(
        _("Incidents"), Permission.INCIDENT_READ, looking.search_incidents, _show_incident, "incidents",
        leads=True,
    ),
    "alerts": Kind(
        _("Alerts"), Permission.ALERT_READ, looking.search_alerts, _show_alert, "alerts", leads=True
    ),
    "devices": Kind(
        _("Devices"), Permission.DEVICE_READ, looking.search_devices, _show_device, "devices", leads=True
    ),
    "indicators": Kind(
        _("Named by alerts"), Permission.ALERT_READ, looking.search_indicators, _show_named, "sightings"
    ),
    "identities": Kind(
        _("Users named by alerts"), Permission.INCIDENT_READ, looking.search_identities, _show_identity
    ),
    "users": Kind(
        _("Users and guests"), Permission.USER_READ, looking.search_users, _show_user, "users"
    ),
}  # fmt: skip
