"""Several changes of one incident or alert at once, as programs send them: all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.incidents.actions.changing import Change, change_alert, change_incident
from tidegate.incidents.actions.deciding import (
    assign_by_name,
    check_status,
    judge_apart,
    stand_alert,
    stand_incident,
    tag_with,
)
from tidegate.incidents.actions.resolving import resolving_alerts
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import AlertStatus, IncidentStatus


@dataclass(frozen=True, slots=True)
class Update:
    """New values in the words of the tables; None for what stays. `assigned_to` of "" is nobody."""

    status: str | None = None
    classification: str | None = None
    determination: str | None = None
    assigned_to: str | None = None
    tags: Sequence[str] | None = None

    @property
    def judges(self) -> bool:
        """Whether it says something of what it was."""
        return self.classification is not None or self.determination is not None


def update_alert(scope: Scope, external_id: str, update: Update, *, version: int | None = None) -> Alert:
    """Change an alert. Each permission is needed for what is to be changed with it.

    One event for each kind of change. Raises Forbidden, NotFound, InvalidInput, Conflict, Stale when it
    changed since `version`.
    """
    _require_alert(scope, update)
    changes: list[Change] = []
    if update.status is not None:
        check_status(AlertStatus, update.status)
        changes.append(stand_alert(update.status))
    if update.judges:
        changes.append(judge_apart("alert.classified", update.classification, update.determination))
    if update.assigned_to is not None:
        changes.append(assign_by_name(scope, "alert.assigned", update.assigned_to))
    return change_alert(scope, external_id, version, lambda _: changes)


def update_incident(scope: Scope, number: int, update: Update, *, version: int | None = None) -> Incident:
    """Change an incident, as `update_alert`; resolving it resolves its open alerts that the actor sees.

    Raises Conflict also for one that was merged into another.
    """
    _require_incident(scope, update)
    status = update.status
    changes: list[Change] = []
    if status is not None:
        check_status(IncidentStatus, status)
    if update.judges:
        changes.append(judge_apart("incident.classified", update.classification, update.determination))
    if update.assigned_to is not None:
        changes.append(assign_by_name(scope, "incident.assigned", update.assigned_to))
    if update.tags is not None:
        changes.append(tag_with(update.tags))

    def decide(incident: Incident) -> Sequence[Change]:
        return changes if status is None else [stand_incident(incident, status), *changes]

    with resolving_alerts(scope, number, status):
        return change_incident(scope, number, version, decide)


def _require_alert(scope: Scope, update: Update) -> None:
    # Nothing to change is a change of nothing in particular.
    if update.status is not None or update == Update():
        require(scope, Permission.ALERT_UPDATE)
    if update.judges:
        require(scope, Permission.ALERT_CLASSIFY)
    if update.assigned_to is not None:
        require(scope, Permission.ALERT_ASSIGN)


def _require_incident(scope: Scope, update: Update) -> None:
    if update.status is not None or update == Update():
        require(scope, Permission.INCIDENT_UPDATE)
    if update.judges:
        require(scope, Permission.INCIDENT_CLASSIFY)
    if update.assigned_to is not None:
        require(scope, Permission.INCIDENT_ASSIGN)
    if update.tags is not None:
        require(scope, Permission.INCIDENT_TAG)
