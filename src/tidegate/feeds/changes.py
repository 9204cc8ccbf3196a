"""What the record's events mean to who follows a collection: which object was made, changed or removed."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec

from tidegate.audit.models import AuditEvent, Result
from tidegate.feeds.subscribed import ChangeType, Collection
from tidegate.incidents.wire import alert_ids_on_the_wire, incident_ids_on_the_wire
from tidegate.incidents.words import TOOK_IN

_C, _T = Collection, ChangeType


@dataclass(frozen=True, slots=True)
class Change:
    """One object that was made, changed or removed; `sequence` is the event's place in the chain."""

    collection: Collection
    change_type: ChangeType
    object_id: str
    sequence: int


_BY_TAG: Final[Mapping[str, tuple[Collection, ChangeType]]] = MappingProxyType(
    {
        "user.invited": (_C.USERS, _T.CREATED),
        "user.created": (_C.USERS, _T.CREATED),
        "user.admitted": (_C.USERS, _T.CREATED),
        "user.removed": (_C.USERS, _T.DELETED),
        "group.created": (_C.GROUPS, _T.CREATED),
        "group.deleted": (_C.GROUPS, _T.DELETED),
    }
)
# Whatever else is done to one of these has changed it, but for looking at it.
_BY_TARGET: Final[Mapping[str, Collection]] = MappingProxyType(
    {"alert": _C.ALERTS, "incident": _C.INCIDENTS, "user": _C.USERS, "group": _C.GROUPS}
)
_LOOKS: Final = frozenset({"viewed", "exported", "searched"})
_OF_BATCH: Final = (
    ("new_alert_ids", _C.ALERTS, _T.CREATED),
    ("changed_alert_ids", _C.ALERTS, _T.UPDATED),
    ("new_incident_ids", _C.INCIDENTS, _T.CREATED),
    ("changed_incident_ids", _C.INCIDENTS, _T.UPDATED),
)


def read_changes(tenant_id: uuid.UUID, events: Iterable[AuditEvent]) -> list[Change]:
    """The changes that events of one tenant tell of, in order."""
    return [
        change
        for event in events
        if event.result == Result.SUCCESS
        for change in (_read_batch(tenant_id, event) if event.tag in TOOK_IN else _read_single(event))
    ]


def _read_single(event: AuditEvent) -> list[Change]:
    changes: list[Change] = []
    if event.tag == "incident.alerts_resolved":
        resolved = _details_of(event).get("alerts", ())
        changes += [Change(_C.ALERTS, _T.UPDATED, str(one), event.sequence) for one in resolved]
    collection = _BY_TARGET.get(event.target_type)
    if collection is None or event.tag.rpartition(".")[2] in _LOOKS:
        return changes
    found, change_type = _BY_TAG.get(event.tag, (collection, _T.UPDATED))
    return [*changes, Change(found, change_type, event.target_id, event.sequence)]


def _read_batch(tenant_id: uuid.UUID, event: AuditEvent) -> list[Change]:
    """A batch names what it brought by our own ids; on the wire it is known by others."""
    details = _details_of(event)
    named = {name: [uuid.UUID(one) for one in details.get(name, ())] for name, _, _ in _OF_BATCH}
    alerts = alert_ids_on_the_wire(tenant_id, [*named["new_alert_ids"], *named["changed_alert_ids"]])
    incidents = incident_ids_on_the_wire(
        tenant_id, [*named["new_incident_ids"], *named["changed_incident_ids"]]
    )
    known = {**alerts, **incidents}
    return [
        Change(collection, change_type, known[one], event.sequence)
        for name, collection, change_type in _OF_BATCH
        for one in named[name]
        if one in known
    ]


def _details_of(event: AuditEvent) -> dict[str, Any]:
    details: dict[str, Any] = msgspec.json.decode(event.details)
    return details
