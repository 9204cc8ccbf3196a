"""Hand-over: what is open in one person's hands goes to another, before access lapses."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.actions.users import user_target
from tidegate.directory.models import User
from tidegate.directory.queries import assignable_users
from tidegate.incidents.counters.keeping import counting
from tidegate.incidents.document import rerender_alert
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.owned import open_alerts_of, open_incidents_of

_LONGEST_JUSTIFICATION = 1024
_ASSIGNED = ("assigned_user_id", "assigned_to", "version", "last_update_at", "worked_at")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many incidents and alerts changed hands."""

    incidents: int
    alerts: int


def hand_over(
    scope: Scope, *, from_user_id: uuid.UUID, to_user_id: uuid.UUID, justification: str
) -> HandedOver:
    """Assign one user's open incidents and alerts, as far as the actor sees them, to another.

    The first may have lost access already; the second must be able to enter now. One event names the
    batch. Raises Forbidden, InvalidInput naming `from`, `to` or `justification`, Conflict when nothing is
    open.
    """
    require(scope, Permission.INCIDENT_ASSIGN)
    require(scope, Permission.ALERT_ASSIGN)
    words = clean_line(justification, "justification", longest=_LONGEST_JUSTIFICATION)
    with transaction.atomic():
        giver, taker = _find_giver(scope, from_user_id), _find_taker(scope, from_user_id, to_user_id)
        incidents, alerts = _lock(scope, giver.id)
        if not incidents and not alerts:
            raise Conflict("Nothing is open in their hands.")
        with counting(scope.tenant_id, [*incidents, *alerts]):
            _assign(scope, taker, incidents, alerts)
        details = {
            "to": taker.user_principal_name,
            "to_user_id": taker.id,
            "justification": words,
            "incidents": [incident.number for incident in incidents],
            "alerts": [alert.external_id for alert in alerts],
        }
        record(scope, "incidents.handed_over", user_target(giver), details=details)
    return HandedOver(len(incidents), len(alerts))


def _find_giver(scope: Scope, user_id: uuid.UUID) -> User:
    user = User.objects.in_scope(scope).filter(id=user_id).first()
    if user is None:
        raise InvalidInput(fields={"from": "must be a user of this tenant"})
    return user


def _find_taker(scope: Scope, from_user_id: uuid.UUID, user_id: uuid.UUID) -> User:
    taker = assignable_users(scope.tenant_id, clock.now()).filter(id=user_id).first()
    if taker is None:
        raise InvalidInput(fields={"to": "must be someone who may enter this tenant now"})
    if taker.id == from_user_id:
        raise InvalidInput(fields={"to": "must be somebody else"})
    return taker


def _lock(scope: Scope, user_id: uuid.UUID) -> tuple[list[Incident], list[Alert]]:
    """All of it, locked until the transaction ends: incidents first, each kind in the order of its ids.

    An alert's incident is locked with it, as everybody does who locks both, so that none waits for one
    that waits for it.
    """
    own, alerts = open_incidents_of(scope, user_id), open_alerts_of(scope, user_id)
    ids = {*own.values_list("id", flat=True), *alerts.values_list("incident_id", flat=True)}
    locked = Incident.objects.in_scope(scope).select_for_update(of=("self",)).filter(id__in=ids)
    incidents = {incident.id: incident for incident in locked.order_by("id")}
    found = list(alerts.select_for_update(of=("self",)).filter(incident_id__in=ids).order_by("id"))
    for alert in found:
        alert.incident = incidents[alert.incident_id]
    still_own = set(own.filter(id__in=ids).values_list("id", flat=True))
    return [incident for incident in incidents.values() if incident.id in still_own], found


def _assign(scope: Scope, taker: User, incidents: list[Incident], alerts: list[Alert]) -> None:
    rows: list[Incident | Alert] = [*incidents, *alerts]
    for row, instant in zip(rows, take_instants(scope.tenant_id, len(rows)), strict=True):
        row.assigned_user_id, row.assigned_to = taker.id, taker.mail
        row.version += 1
        row.last_update_at = row.worked_at = instant
    for incident in incidents:
        # Somebody works on it now: it no longer follows its alerts.
        incident.is_derived = False
    for alert in alerts:
        alert.document = rerender_alert(alert, alert.incident.number)
    Incident.objects.in_scope(scope).rewrite(incidents, [*_ASSIGNED, "is_derived"])
    Alert.objects.in_scope(scope).rewrite(alerts, [*_ASSIGNED, "document"])
