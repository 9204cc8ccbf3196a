"""What is shown of an alert or an incident that is only partly seen.

An alert that names a seen and a hidden device is seen, but nothing in it may tell of the hidden one:
the evidence about it is left out of its document, and what its source wrote is withheld. An incident
counts, and where nothing else named it is called after, what is seen of it. Rows are changed in memory
only; actions lock and read their own.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Final

import msgspec
from django.db.models import Count

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.connectors.records import Json
from tidegate.devices.keys import device_key
from tidegate.devices.models import Device
from tidegate.devices.visibility import hidden_devices
from tidegate.incidents.document import keep_evidence, read_document
from tidegate.incidents.models import Alert, Evidence, Incident
from tidegate.incidents.visibility import seen_alerts, seen_evidence

type Body = Mapping[str, Json]

_KEYS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Concealed:
    """Hidden devices that some evidence is about: the keys they are recognised by, and their names."""

    keys: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def covers(self, body: Body) -> bool:
        """Whether a piece of evidence is about one of them."""
        key = device_key(body)
        if key in self.keys:
            return True
        return not key and not self.names.isdisjoint(_texts_of(dict(body)))


def find_concealed(scope: Scope | ManyScope, bodies: Iterable[Body]) -> Concealed:
    """The hidden devices among those that evidence is about. No statement where nothing is hidden."""
    if not scope.sight.hides:
        return Concealed()
    keys = {key for body in bodies if (key := device_key(body))}
    devices = [
        device
        for some in batched(sorted(keys), _KEYS_AT_ONCE)
        for device in hidden_devices(scope).filter(key__in=some)
    ]
    names = {name for device in devices for name in _names_of(device)}
    return Concealed(frozenset(device.key for device in devices), frozenset(names))


def redact_alerts(scope: Scope | ManyScope, alerts: Collection[Alert]) -> None:
    """Leave out of these alerts what is about hidden devices."""
    if not scope.sight.hides:
        return
    bodies = {alert.id: _bodies_of(alert) for alert in alerts}
    concealed = find_concealed(scope, (body for many in bodies.values() for body in many))
    for alert in alerts:
        kept = [body for body in bodies[alert.id] if not concealed.covers(body)]
        if len(kept) < len(bodies[alert.id]):
            alert.document, alert.raw = keep_evidence(alert.document, kept), ""


def find_hidden_evidence(scope: Scope, rows: Iterable[Evidence]) -> set[uuid.UUID]:
    """The ids of those rows that are about hidden devices."""
    bodies: dict[uuid.UUID, Body] = {row.id: msgspec.json.decode(row.body) for row in rows}
    concealed = find_concealed(scope, bodies.values())
    return {row_id for row_id, body in bodies.items() if concealed.covers(body)}


def show_as_seen(scope: Scope | ManyScope, incidents: Collection[Incident]) -> None:
    """Let incidents count what is seen of them, and nothing else. Three statements, or none."""
    if not scope.sight.hides or not incidents:
        return
    ids = {incident.id for incident in incidents}
    alerts = seen_alerts(scope).filter(incident_id__in=ids)
    titles: dict[uuid.UUID, list[str]] = {}
    for incident_id, title in alerts.order_by("first_activity_at", "id").values_list("incident_id", "title"):
        titles.setdefault(incident_id, []).append(title)
    evidence = seen_evidence(scope).filter(alert__incident_id__in=ids).values("alert__incident_id")
    counted = evidence.annotate(
        devices=Count("device_id", distinct=True), identities=Count("identity_id", distinct=True)
    ).order_by()
    things = {row["alert__incident_id"]: (row["devices"], row["identities"]) for row in counted}
    for incident in incidents:
        _recount(incident, titles.get(incident.id, []), things.get(incident.id, (0, 0)))


def _recount(incident: Incident, titles: list[str], things: tuple[int, int]) -> None:
    seen = (len(titles), *things)
    if seen == (incident.alert_count, incident.device_count, incident.identity_count):
        return
    incident.alert_count, incident.device_count, incident.identity_count = seen
    # What its source wrote of it tells of everything in it.
    incident.raw, incident.extra = "", {}
    if titles and incident.source_updated_at is None:
        incident.display_name = titles[0]


def _bodies_of(alert: Alert) -> list[Body]:
    evidence = read_document(alert).get("evidence")
    return [body for body in evidence if isinstance(body, dict)] if isinstance(evidence, list) else []


def _names_of(device: Device) -> Iterator[str]:
    whole = device.dns_name.casefold()
    for name in (whole, whole.partition(".")[0], device.mde_device_id, device.aad_device_id):
        if name:
            yield name.casefold()


def _texts_of(value: Json) -> Iterator[str]:
    """Every text in a value, however deep, in one letter case."""
    if isinstance(value, str):
        yield value.casefold()
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts_of(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts_of(member)
