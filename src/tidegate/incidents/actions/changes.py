"""Assign, set the status, classify, tag: the changes that analysts make to incidents and alerts.

All go one way: lock the row, compare the version the caller saw, check the state, write, render
what shows it on the wire, record one event with what was and what is.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.models import User
from tidegate.directory.queries import assignable_users
from tidegate.incidents.document import rerender_alert
from tidegate.incidents.intake.counting import count_incidents
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import (
    DETERMINATIONS,
    OPEN_ALERT,
    AlertStatus,
    Classification,
    Determination,
    IncidentStatus,
)

TAGS_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Change:
    """New values by field name, under the tag of the event that will tell of them."""

    tag: str
    values: Mapping[str, object]


def assign_incident(
    scope: Scope, number: int, *, user_id: uuid.UUID | None, version: int | None = None
) -> Incident:
    """Give an incident to someone who may enter the tenant, or to nobody.

    Raises Forbidden, NotFound, InvalidInput for someone who may not enter, Conflict when it
    changed since `version` or was merged.
    """
    require(scope, Permission.INCIDENT_ASSIGN)
    return _change_incident(
        scope, number, version, lambda _: _assignment(scope, "incident.assigned", user_id)
    )


def set_incident_status(scope: Scope, number: int, status: str, *, version: int | None = None) -> Incident:
    """Set where an incident stands; resolving it resolves those of its open alerts that the actor sees.

    Raises Forbidden, NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.INCIDENT_UPDATE)
    allowed = set(IncidentStatus.values) - {IncidentStatus.REDIRECTED}
    if status not in allowed:
        raise InvalidInput(fields={"status": f"must be one of: {', '.join(sorted(allowed))}"})
    with transaction.atomic():
        open_alerts = _lock_open_alerts(scope, number) if status == IncidentStatus.RESOLVED else []
        incident = _change_incident(scope, number, version, lambda row: _incident_status(row, status))
        _resolve_alerts(scope, incident, open_alerts)
    return incident


def classify_incident(
    scope: Scope, number: int, classification: str, determination: str, *, version: int | None = None
) -> Incident:
    """Say whether it was what it seemed, and what it was.

    Raises Forbidden, NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.INCIDENT_CLASSIFY)
    change = _classification("incident.classified", classification, determination)
    return _change_incident(scope, number, version, lambda _: change)


def tag_incident(scope: Scope, number: int, tags: Sequence[str], *, version: int | None = None) -> Incident:
    """Replace an incident's tags. Raises Forbidden, NotFound, InvalidInput, Conflict."""
    require(scope, Permission.INCIDENT_TAG)
    lines = [clean_line(tag, "tags", longest=128) for tag in tags if tag.strip()]
    first: dict[str, str] = {}
    for line in lines:
        first.setdefault(line.casefold(), line)
    clean = list(first.values())
    if len(clean) > TAGS_AT_MOST:
        raise InvalidInput(fields={"tags": f"must be at most {TAGS_AT_MOST}"})
    change = Change("incident.tagged", {"custom_tags": clean})
    return _change_incident(scope, number, version, lambda _: change)


def assign_alert(
    scope: Scope, external_id: str, *, user_id: uuid.UUID | None, version: int | None = None
) -> Alert:
    """Give an alert to someone who may enter the tenant, or to nobody. Raises as `assign_incident`."""
    require(scope, Permission.ALERT_ASSIGN)
    change = _assignment(scope, "alert.assigned", user_id)
    return _change_alert(scope, external_id, version, change)


def set_alert_status(scope: Scope, external_id: str, status: str, *, version: int | None = None) -> Alert:
    """Set where an alert stands. Raises Forbidden, NotFound, InvalidInput, Conflict."""
    require(scope, Permission.ALERT_UPDATE)
    allowed = set(AlertStatus.values) - {AlertStatus.UNKNOWN}
    if status not in allowed:
        raise InvalidInput(fields={"status": f"must be one of: {', '.join(sorted(allowed))}"})
    resolved_at = clock.now() if status == AlertStatus.RESOLVED else None
    change = Change("alert.status_changed", {"status": status, "resolved_at": resolved_at})
    return _change_alert(scope, external_id, version, change)


def classify_alert(
    scope: Scope, external_id: str, classification: str, determination: str, *, version: int | None = None
) -> Alert:
    """Say whether it was what it seemed, and what it was.

    Raises Forbidden, NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.ALERT_CLASSIFY)
    change = _classification("alert.classified", classification, determination)
    return _change_alert(scope, external_id, version, change)


def incident_target(incident: Incident) -> Target:
    """How the audit log names an incident."""
    return Target("incident", str(incident.number), incident.display_name)


def alert_target(alert: Alert) -> Target:
    """How the audit log names an alert."""
    return Target("alert", alert.external_id, alert.title)


def lock_incident(scope: Scope, number: int) -> Incident:
    """The incident, locked until the transaction ends. Raises NotFound."""
    rows = seen_incidents(scope).select_for_update(of=("self",))
    incident = rows.filter(number=number).first()
    if incident is None:
        raise NotFound("There is no such incident.")
    return incident


def lock_alert(scope: Scope, external_id: str) -> Alert:
    """The alert and its incident, locked until the transaction ends. Raises NotFound.

    The incident first, as everybody does who locks both: none then waits for one that waits for it.
    """
    alerts = seen_alerts(scope)
    known = alerts.filter(external_id=external_id) if "\0" not in external_id else alerts.none()
    incidents = Incident.objects.in_scope(scope).select_for_update(of=("self",))
    incident = incidents.filter(id__in=known.values("incident_id")).first()
    alert = known.select_for_update(of=("self",)).first() if incident else None
    if incident is None or alert is None:
        raise NotFound("There is no such alert.")
    if alert.incident_id != incident.id:
        raise Conflict("This alert was just moved to another incident. Look again, then decide.")
    alert.incident = incident
    return alert


def _change_incident(
    scope: Scope, number: int, version: int | None, decide: Callable[[Incident], Change]
) -> Incident:
    with transaction.atomic():
        incident = lock_incident(scope, number)
        _check_version(incident, version)
        if incident.status == IncidentStatus.REDIRECTED:
            raise Conflict("This incident was merged into another; change that one.")
        change = decide(incident)
        details = _write(incident, change)
        if details:
            # Somebody works on it now: it no longer follows its alerts.
            incident.is_derived = False
            incident.save(update_fields=[*change.values, "version", "last_update_at", "is_derived"])
            record(scope, change.tag, incident_target(incident), details=details)
    return incident


def _change_alert(scope: Scope, external_id: str, version: int | None, change: Change) -> Alert:
    with transaction.atomic():
        alert = lock_alert(scope, external_id)
        _check_version(alert, version)
        details = _write(alert, change)
        if details:
            alert.document = rerender_alert(alert, alert.incident.number)
            alert.save(update_fields=[*change.values, "version", "last_update_at", "document"])
            if alert.incident.is_derived:
                count_incidents(scope.tenant_id, {alert.incident.id})
            record(scope, change.tag, alert_target(alert), details=details)
    return alert


def _write(row: Incident | Alert, change: Change) -> dict[str, object]:
    """Set the new values; gives what was and what is, or nothing when nothing changes."""
    before = {name: getattr(row, name) for name in change.values}
    if all(before[name] == value for name, value in change.values.items() if not name.endswith("_at")):
        return {}
    for name, value in change.values.items():
        setattr(row, name, value)
    row.version += 1
    row.last_update_at = max(clock.now(), row.last_update_at)
    return {"before": before, "after": dict(change.values)}


def _check_version(row: Incident | Alert, version: int | None) -> None:
    if version is not None and row.version != version:
        raise Conflict("Somebody changed this since you opened it. Look again, then decide.")


def _assignment(scope: Scope, tag: str, user_id: uuid.UUID | None) -> Change:
    user: User | None = None
    if user_id is not None:
        user = assignable_users(scope.tenant_id, clock.now()).filter(id=user_id).first()
        if user is None:
            raise InvalidInput(fields={"assigned": "must be someone who may enter this tenant now"})
    return Change(tag, {"assigned_user_id": user_id, "assigned_to": user.mail if user else ""})


def _incident_status(incident: Incident, status: str) -> Change:
    now = clock.now()
    acknowledged = incident.acknowledged_at or (None if status == IncidentStatus.ACTIVE else now)
    resolved = now if status == IncidentStatus.RESOLVED else None
    values = {"status": status, "resolved_at": resolved, "acknowledged_at": acknowledged}
    return Change("incident.status_changed", values)


def _classification(tag: str, classification: str, determination: str) -> Change:
    if classification not in Classification.values:
        raise InvalidInput(fields={"classification": f"must be one of: {', '.join(Classification.values)}"})
    allowed = {Determination.UNKNOWN, *DETERMINATIONS[Classification(classification)]}
    if determination not in allowed:
        words = ", ".join(sorted(allowed))
        raise InvalidInput(fields={"determination": f"must, with {classification}, be one of: {words}"})
    return Change(tag, {"classification": classification, "determination": determination})


def _lock_open_alerts(scope: Scope, number: int) -> list[Alert]:
    """An incident's open alerts, locked with it before anything is written.

    The event of a change locks the audit chain, for which others wait with a lock on their alert.
    """
    incident = lock_incident(scope, number)
    alerts = seen_alerts(scope).select_for_update(of=("self",))
    return list(alerts.filter(incident_id=incident.id, status__in=OPEN_ALERT).order_by("id"))


def _resolve_alerts(scope: Scope, incident: Incident, open_alerts: list[Alert]) -> None:
    now = clock.now()
    for alert in open_alerts:
        alert.status, alert.resolved_at = AlertStatus.RESOLVED, now
        alert.last_update_at = max(now, alert.last_update_at)
        alert.version += 1
        alert.document = rerender_alert(alert, incident.number)
    if open_alerts:
        fields = ["status", "resolved_at", "last_update_at", "version", "document"]
        Alert.objects.in_scope(scope).bulk_update(open_alerts, fields, batch_size=100)
        details = {"alerts": [alert.external_id for alert in open_alerts]}
        record(scope, "incident.alerts_resolved", incident_target(incident), details=details)
