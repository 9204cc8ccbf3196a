"""How everything that people set on incidents and alerts is changed.

All goes one way: lock the row, compare the version the caller saw, check the state, write, render what shows
it on the wire, record one event for each kind of change, with what was and what is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound, Stale
from tidegate.incidents.clocks.keeping import MOVED_BY, keep_clocks
from tidegate.incidents.clocks.waits import settle_waits
from tidegate.incidents.counters.keeping import counting
from tidegate.incidents.document import rerender_alert
from tidegate.incidents.instants import take_instants
from tidegate.incidents.intake.counting import count_incidents
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.search_words import keep_incidents_found
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import IncidentStatus

type Details = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """New values by field name, under the tag of the event that will tell of them."""

    tag: str
    values: Mapping[str, object]

    def alters(self, row: Incident | Alert) -> bool:
        """Whether the row is not like this already; when it became so is no difference."""
        return any(
            getattr(row, name) != value for name, value in self.values.items() if not name.endswith("_at")
        )


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


def change_incident(
    scope: Scope, number: int, version: int | None, decide: Callable[[Incident], Sequence[Change]]
) -> Incident:
    """Change an incident by what `decide` makes of it as it stands.

    Raises NotFound, Conflict for one that was merged, Stale when it changed since `version`.
    """
    with transaction.atomic():
        incident = lock_incident(scope, number)
        _check_version(incident, version)
        if incident.status == IncidentStatus.REDIRECTED:
            raise Conflict("This incident was merged into another; change that one.")
        changes = [change for change in decide(incident) if change.alters(incident)]
        if changes:
            (instant,) = take_instants(scope.tenant_id, 1)
            with counting(scope.tenant_id, [incident]):
                told = _write(incident, changes, instant)
                settle_waits(incident, clock.now())
                # Somebody works on it now: it no longer follows its alerts.
                incident.is_derived = False
                incident.save(update_fields=[*_fields_of(changes), "is_derived", "waits"])
            if any(MOVED_BY & change.values.keys() for change in changes):
                keep_clocks(scope.tenant_id, [incident])
            keep_incidents_found([incident])
            _record(scope, incident_target(incident), told)
    return incident


def change_alert(
    scope: Scope, external_id: str, version: int | None, decide: Callable[[Alert], Sequence[Change]]
) -> Alert:
    """Change an alert by what `decide` makes of it as it stands. Raises NotFound, Stale, Conflict."""
    with transaction.atomic():
        alert = lock_alert(scope, external_id)
        _check_version(alert, version)
        changes = [change for change in decide(alert) if change.alters(alert)]
        if changes:
            instants = take_instants(scope.tenant_id, 2)
            with counting(scope.tenant_id, [alert]):
                told = _write(alert, changes, next(instants))
                alert.document = rerender_alert(alert, alert.incident.number)
                alert.save(update_fields=[*_fields_of(changes), "document"])
            touch_incident(alert.incident, next(instants))
            _record(scope, alert_target(alert), told)
    return alert


def touch_incident(incident: Incident, instant: datetime) -> None:
    """An alert of it changed: who asks for incidents with their alerts must see that."""
    if incident.is_derived:
        count_incidents(incident.tenant_id, {incident.id}, instants=iter([instant]))
    else:
        incident.last_update_at = instant
        incident.save(update_fields=["last_update_at"])


def _write(row: Incident | Alert, changes: Sequence[Change], instant: datetime) -> list[tuple[str, Details]]:
    """Set the new values; gives for each change its tag, and what was and what is."""
    told: list[tuple[str, Details]] = []
    for change in changes:
        before = {name: getattr(row, name) for name in change.values}
        told.append((change.tag, {"before": before, "after": dict(change.values)}))
        for name, value in change.values.items():
            setattr(row, name, value)
    row.version += 1
    row.last_update_at = row.worked_at = instant
    return told


def _fields_of(changes: Sequence[Change]) -> list[str]:
    changed = {name for change in changes for name in change.values}
    return [*sorted(changed), "version", "last_update_at", "worked_at"]


def _record(scope: Scope, target: Target, told: Sequence[tuple[str, Details]]) -> None:
    for tag, details in told:
        record(scope, tag, target, details=details)


def _check_version(row: Incident | Alert, version: int | None) -> None:
    if version is not None and row.version != version:
        raise Stale("Somebody changed this since you opened it. Look again, then decide.")
