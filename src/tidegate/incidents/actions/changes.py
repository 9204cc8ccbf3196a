"""Assign, set the status, classify, tag: what analysts change of incidents and alerts, one by one."""

import uuid
from collections.abc import Sequence

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.models import User
from tidegate.directory.queries import assignable_users
from tidegate.incidents.actions.changing import change_alert, change_incident
from tidegate.incidents.actions.deciding import (
    assign_to,
    check_status,
    judge,
    stand_alert,
    stand_incident,
    tag_with,
)
from tidegate.incidents.actions.resolving import resolving_alerts
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import AlertStatus, IncidentStatus


def assign_incident(
    scope: Scope, number: int, *, user_id: uuid.UUID | None, version: int | None = None
) -> Incident:
    """Give an incident to someone who may enter the tenant, or to nobody.

    Raises Forbidden, NotFound, InvalidInput for someone who may not enter, Conflict when it
    changed since `version` or was merged.
    """
    require(scope, Permission.INCIDENT_ASSIGN)
    change = assign_to("incident.assigned", _find_user(scope, user_id))
    return change_incident(scope, number, version, lambda _: [change])


def set_incident_status(scope: Scope, number: int, status: str, *, version: int | None = None) -> Incident:
    """Set where an incident stands; resolving it resolves those of its open alerts that the actor sees.

    Raises Forbidden, NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.INCIDENT_UPDATE)
    check_status(IncidentStatus, status)
    with resolving_alerts(scope, number, status):
        return change_incident(scope, number, version, lambda row: [stand_incident(row, status)])


def classify_incident(
    scope: Scope, number: int, classification: str, determination: str, *, version: int | None = None
) -> Incident:
    """Say whether it was what it seemed, and what it was.

    Raises Forbidden, NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.INCIDENT_CLASSIFY)
    change = judge("incident.classified", classification, determination)
    return change_incident(scope, number, version, lambda _: [change])


def tag_incident(scope: Scope, number: int, tags: Sequence[str], *, version: int | None = None) -> Incident:
    """Replace an incident's tags. Raises Forbidden, NotFound, InvalidInput, Conflict."""
    require(scope, Permission.INCIDENT_TAG)
    change = tag_with(tags)
    return change_incident(scope, number, version, lambda _: [change])


def assign_alert(
    scope: Scope, external_id: str, *, user_id: uuid.UUID | None, version: int | None = None
) -> Alert:
    """Give an alert to someone who may enter the tenant, or to nobody. Raises as `assign_incident`."""
    require(scope, Permission.ALERT_ASSIGN)
    change = assign_to("alert.assigned", _find_user(scope, user_id))
    return change_alert(scope, external_id, version, lambda _: [change])


def set_alert_status(scope: Scope, external_id: str, status: str, *, version: int | None = None) -> Alert:
    """Set where an alert stands. Raises Forbidden, NotFound, InvalidInput, Conflict."""
    require(scope, Permission.ALERT_UPDATE)
    check_status(AlertStatus, status)
    return change_alert(scope, external_id, version, lambda _: [stand_alert(status)])


def classify_alert(
    scope: Scope, external_id: str, classification: str, determination: str, *, version: int | None = None
) -> Alert:
    """Say whether it was what it seemed, and what it was.

    Raises Forbidden, NotFound, InvalidInput, Conflict.
    """
    require(scope, Permission.ALERT_CLASSIFY)
    change = judge("alert.classified", classification, determination)
    return change_alert(scope, external_id, version, lambda _: [change])


def _find_user(scope: Scope, user_id: uuid.UUID | None) -> User | None:
    if user_id is None:
        return None
    user = assignable_users(scope.tenant_id, clock.now()).filter(id=user_id).first()
    if user is None:
        raise InvalidInput(fields={"assigned": "must be someone who may enter this tenant now"})
    return user
