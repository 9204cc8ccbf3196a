"""Parts: what one message says of one tenant, as one reader's or owner's Scope of that tenant shows it.

No message is made of anything else. A part is written from notifications of a single tenant with a Scope of
that tenant, and refuses any other, so that no customer's name, link or alert can stand under another's.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.visibility import seen_alerts, seen_evidence
from tidegate.incidents.words import Severity
from tidegate.notifications.clocks import CLOCK_WORDS, EXAMPLE, clock_of
from tidegate.notifications.models import Notification, NotificationRule
from tidegate.notifications.programs import Happening, make_up_happening, read_happenings
from tidegate.notifications.showing import link_to, show
from tidegate.notifications.words import About

ITEMS_SHOWN: Final = 50
DEVICES_SHOWN: Final = 10
_AT_ONCE: Final = 500
_PAGES: Final = {
    About.ALERTS: "alerts",
    About.INCIDENTS: "incidents",
    About.CLOCKS: "incidents",
    About.PROGRAMS: "feeds",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One alert, and the incident it belongs to. Links are empty where the rule leaves them out.

    `clock` is what of its service level is told, as `clocks.CLOCK_WORDS` has it; "" where it is not of that.
    """

    own_id: uuid.UUID
    alert_id: str
    title: str
    severity: Severity
    category: str
    source: str
    created_at: datetime
    incident_id: uuid.UUID
    incident_number: int
    incident_name: str
    devices: tuple[str, ...]
    alert_link: str
    incident_link: str
    clock: str = ""

    @property
    def clock_words(self) -> str:
        """What of its service level is told, in the language that is set."""
        return str(CLOCK_WORDS.get(self.clock, ""))


@dataclass(frozen=True, slots=True)
class Part:
    """What is said of one tenant: its items, worst first, and how many there are with those not shown.

    Of programs it has happenings instead, newest first.
    """

    tenant_id: uuid.UUID
    tenant_name: str
    tenant_link: str
    items: tuple[Item, ...]
    count: int
    happenings: tuple[Happening, ...] = ()

    @property
    def left_out(self) -> int:
        """How many are not shown singly."""
        return self.count - len(self.items) - len(self.happenings)


@dataclass(frozen=True, slots=True)
class _Facts:
    """An alert, its incident as it is seen, and the names of its devices that are."""

    alert: Alert
    incident: Incident
    devices: tuple[str, ...]


def write_part(
    scope: Scope, rule: NotificationRule, notifications: Iterable[Notification], *, name_always: bool = False
) -> Part | None:
    """What may be told of these notifications of the scope's tenant; None where nothing is left.

    `name_always`: a message of several tenants names each. Raises ValueError for another tenant's.
    """
    told = list(notifications)
    _check_own(scope, told)
    if rule.about == About.PROGRAMS:
        return _write_programs(scope, rule, told, name_always=name_always)
    alert_ids = [notification.alert_id for notification in told if notification.alert_id]
    seen = _read_seen(scope, alert_ids)
    if not seen:
        return None
    seen.sort(key=lambda row: (-row[1], row[2], row[0]))
    shown = [row[0] for row in seen[:ITEMS_SHOWN]]
    clocks = {one.alert_id: clock_of(one.key) for one in told}
    items = [replace(item, clock=clocks.get(item.own_id, "")) for item in _read_items(scope, rule, shown)]
    return _make_part(scope, rule, items, count=len(seen), name_always=name_always)


def write_parts_singly(
    scope: Scope, told: Iterable[tuple[Notification, NotificationRule]]
) -> dict[uuid.UUID, Part]:
    """A part for each of these notifications of the scope's tenant, by its id, where it may be told.

    The scope is what the owner of all of these rules sees. Raises ValueError for another tenant's.
    """
    pairs = list(told)
    _check_own(scope, [notification for notification, _rule in pairs])
    of_programs = [pair for pair in pairs if pair[1].about == About.PROGRAMS]
    found = read_happenings(scope, of_programs) if of_programs else {}
    said = {
        one.id: _make_part(scope, rule, happenings=[found[one.id]])
        for one, rule in of_programs
        if one.id in found
    }
    return said | _write_alerts_singly(scope, [pair for pair in pairs if pair[1].about != About.PROGRAMS])


def _write_alerts_singly(
    scope: Scope, pairs: Sequence[tuple[Notification, NotificationRule]]
) -> dict[uuid.UUID, Part]:
    if not pairs:
        return {}
    alert_ids = list({one.alert_id for one, _rule in pairs if one.alert_id})
    facts = _read_facts(scope, alert_ids, with_devices=any(rule.includes_devices for _, rule in pairs))
    return {
        one.id: _make_part(
            scope, rule, [replace(_make_item(scope, rule, facts[one.alert_id]), clock=clock_of(one.key))]
        )
        for one, rule in pairs
        if one.alert_id and one.alert_id in facts
    }


def write_example(scope: Scope, rule: NotificationRule, at: datetime) -> Part:
    """What the rule would tell: of the newest alert that the scope sees, or of one that is made up."""
    if rule.about == About.PROGRAMS:
        return _make_part(scope, rule, happenings=[make_up_happening(scope, rule, at)])
    newest = seen_alerts(scope).order_by("-created_at", "-id").values_list("id", flat=True).first()
    items = _read_items(scope, rule, [newest]) if newest else [_make_up(scope, rule, at)]
    if rule.about == About.CLOCKS:
        items = [replace(item, clock=EXAMPLE) for item in items]
    return _make_part(scope, rule, items)


def _check_own(scope: Scope, told: Iterable[Notification]) -> None:
    if any(notification.tenant_id != scope.tenant_id for notification in told):
        raise ValueError("A part tells of one tenant alone.")


def _write_programs(
    scope: Scope, rule: NotificationRule, told: Sequence[Notification], *, name_always: bool
) -> Part | None:
    found = read_happenings(scope, [(one, rule) for one in told])
    newest = sorted(found.values(), key=lambda one: one.at, reverse=True)
    if not newest:
        return None
    shown = newest[:ITEMS_SHOWN]
    return _make_part(scope, rule, happenings=shown, count=len(newest), name_always=name_always)


def _make_part(
    scope: Scope,
    rule: NotificationRule,
    items: Sequence[Item] = (),
    *,
    happenings: Sequence[Happening] = (),
    count: int | None = None,
    name_always: bool = False,
) -> Part:
    named = rule.includes_organization_name or name_always
    return Part(
        tenant_id=scope.tenant_id,
        tenant_name=show(scope.entry.tenant_name) if named else "",
        tenant_link=link_to(rule, scope, _PAGES[About(rule.about)]),
        items=tuple(items),
        count=len(items) + len(happenings) if count is None else count,
        happenings=tuple(happenings),
    )


def _read_seen(scope: Scope, alert_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, int, datetime]]:
    found: list[tuple[uuid.UUID, int, datetime]] = []
    for ids in batched(alert_ids, _AT_ONCE):
        rows = seen_alerts(scope).filter(id__in=ids)
        found += rows.values_list("id", "severity", "created_at")
    return found


def _read_items(scope: Scope, rule: NotificationRule, alert_ids: Sequence[uuid.UUID]) -> list[Item]:
    facts = _read_facts(scope, alert_ids, with_devices=rule.includes_devices)
    return [_make_item(scope, rule, facts[alert_id]) for alert_id in alert_ids if alert_id in facts]


def _read_facts(
    scope: Scope, alert_ids: Sequence[uuid.UUID], *, with_devices: bool
) -> dict[uuid.UUID, _Facts]:
    """Those of these alerts that the scope sees, by their ids."""
    rows = seen_alerts(scope).filter(id__in=alert_ids).defer("document", "raw")
    alerts = {alert.id: alert for alert in rows}
    # An alert that is seen shows its incident.
    homes = Incident.objects.in_scope(scope).filter(id__in={alert.incident_id for alert in alerts.values()})
    incidents = {incident.id: incident for incident in homes.defer("raw", "extra", "description")}
    show_as_seen(scope, list(incidents.values()))
    devices = _read_devices(scope, list(alerts)) if with_devices else {}
    return {
        alert.id: _Facts(alert, incidents[alert.incident_id], devices.get(alert.id, ()))
        for alert in alerts.values()
    }


def _read_devices(scope: Scope, alert_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """The names of the devices that each alert names and the scope sees."""
    rows = seen_evidence(scope).filter(alert_id__in=alert_ids, device_id__isnull=False)
    names: dict[uuid.UUID, dict[str, None]] = {}
    columns = ("alert_id", "device__dns_name", "device__mde_device_id")
    for alert_id, dns_name, device_id in rows.order_by("alert_id", "position").values_list(*columns):
        names.setdefault(alert_id, {})[show(dns_name or device_id)] = None
    return {alert_id: tuple(found)[:DEVICES_SHOWN] for alert_id, found in names.items()}


def _make_item(scope: Scope, rule: NotificationRule, facts: _Facts) -> Item:
    alert, incident = facts.alert, facts.incident
    return Item(
        own_id=alert.id,
        alert_id=alert.external_id,
        title=show(alert.title),
        # A clock is the incident's, and so is how bad it is.
        severity=Severity(incident.severity if rule.about == About.CLOCKS else alert.severity),
        category=show(alert.category),
        source=show(alert.service_source),
        created_at=alert.created_at,
        incident_id=incident.id,
        incident_number=incident.number,
        incident_name=show(incident.display_name),
        devices=facts.devices if rule.includes_devices else (),
        alert_link=link_to(rule, scope, "alert", alert.external_id),
        incident_link=link_to(rule, scope, "incident", incident.number),
    )


def _make_up(scope: Scope, rule: NotificationRule, at: datetime) -> Item:
    return Item(
        own_id=scope.tenant_id,
        alert_id="example",
        title="Suspicious sign-in from two countries",
        severity=Severity.HIGH,
        category="InitialAccess",
        source="microsoftDefenderForEndpoint",
        created_at=at,
        incident_id=scope.tenant_id,
        incident_number=1,
        incident_name="Suspicious sign-ins",
        devices=("workstation-1",) if rule.includes_devices else (),
        alert_link=link_to(rule, scope, "alerts"),
        incident_link=link_to(rule, scope, "incidents"),
    )
