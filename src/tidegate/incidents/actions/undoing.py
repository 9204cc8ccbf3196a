"""Taking back what was just changed of an incident, as long as nobody changed it since."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import DateTimeField, UUIDField
from django.utils.dateparse import parse_datetime

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound, Stale
from tidegate.directory.queries import assignable_users
from tidegate.incidents.actions.changing import Change, change_alert, change_incident
from tidegate.incidents.models import Incident
from tidegate.incidents.visibility import seen_alerts
from tidegate.incidents.words import OPEN_ALERT, IncidentStatus


@dataclass(frozen=True, slots=True)
class Undoing:
    """One kind of change: what it takes to undo it, how the audit log calls that, what it wrote."""

    permission: Permission
    tag: str
    fields: tuple[str, ...]


KINDS: Final[Mapping[str, Undoing]] = {
    "assign": Undoing(Permission.INCIDENT_ASSIGN, "incident.assigned", ("assigned_user_id", "assigned_to")),
    "status": Undoing(
        Permission.INCIDENT_UPDATE,
        "incident.status_changed",
        ("status", "acknowledged_at", "resolved_at"),
    ),
    "classify": Undoing(
        Permission.INCIDENT_CLASSIFY, "incident.classified", ("classification", "determination")
    ),
    "tag": Undoing(Permission.INCIDENT_TAG, "incident.tagged", ("custom_tags",)),
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """An incident as it was before a change, in values that JSON has; `version` is the one it got by it.

    `alerts` are those that the change resolved: id on the wire, status before, version since.
    """

    number: int
    version: int
    values: Mapping[str, Any]
    alerts: Sequence[tuple[str, str, int]] = ()


def remember(scope: Scope, kind: str, incident: Incident) -> Remembered:
    """What an incident is before a change of this kind, that will be the next one."""
    values = {name: _write(getattr(incident, name)) for name in KINDS[kind].fields}
    alerts: list[tuple[str, str, int]] = []
    if kind == "status":
        rows = seen_alerts(scope).filter(incident_id=incident.id, status__in=OPEN_ALERT).order_by("id")
        alerts = [(wire, status, version + 1) for wire, status, version in _light(rows)]
    return Remembered(incident.number, incident.version + 1, values, alerts)


def undo(scope: Scope, kind: str, was: Remembered) -> Incident:
    """Make an incident what it was, with the alerts that were resolved with it.

    Alerts that somebody changed since stay as they are. Raises Forbidden, NotFound, Stale when the incident
    itself was changed since, InvalidInput when it was somebody's who may no longer enter.
    """
    undoing = KINDS[kind]
    require(scope, undoing.permission)
    values = {name: _read(name, was.values[name]) for name in undoing.fields}
    owner_id = values.get("assigned_user_id")
    if owner_id and not assignable_users(scope.tenant_id, clock.now()).filter(id=owner_id).exists():
        raise InvalidInput(fields={"assigned": "must be someone who may enter this tenant now"})
    with transaction.atomic():
        incident = change_incident(scope, was.number, was.version, lambda _: [Change(undoing.tag, values)])
        if kind == "status" and incident.status != IncidentStatus.RESOLVED:
            for external_id, status, version in was.alerts:
                _reopen(scope, external_id, status, version)
    return incident


def _reopen(scope: Scope, external_id: str, status: str, version: int) -> None:
    change = Change("alert.status_changed", {"status": status, "resolved_at": None})
    try:
        with transaction.atomic():
            change_alert(scope, external_id, version, lambda _: [change])
    except (NotFound, Stale):
        return


def _light(rows: Any) -> Any:
    return rows.values_list("external_id", "status", "version")


def _write(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _read(name: str, value: Any) -> Any:
    field = Incident._meta.get_field(name)
    if value is None:
        return None
    if isinstance(field, DateTimeField):
        return parse_datetime(value)
    return uuid.UUID(value) if isinstance(field, UUIDField) else value
