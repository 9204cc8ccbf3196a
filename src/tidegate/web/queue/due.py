"""How much of the time agreed with a customer is left for an incident, as rows and pages show it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.customers.clocks import Level
from tidegate.customers.levels import levels_for_person
from tidegate.customers.reckoning import spent
from tidegate.incidents.clocks.keeping import is_taken, reckon_incident
from tidegate.incidents.clocks.waits import read_waits
from tidegate.incidents.models import Incident
from tidegate.incidents.words import OPEN_INCIDENT, Severity


@dataclass(frozen=True, slots=True)
class Due:
    """The clock of one incident.

    `step` is what is to be done: "acknowledge" or "resolve"; `left` how much business time there is for it,
    below zero when it is late; `used` the part of it that has passed, 1 at most; `is_paused` while it waits
    for the customer; `is_warned` once the part of it has passed at which the service level warns.
    """

    step: str
    left: timedelta
    used: float
    is_paused: bool = False
    is_warned: bool = False

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return not self.is_paused and self.left <= timedelta(0)

    @property
    def is_soon(self) -> bool:
        """Whether it is about to be over: it is warned of."""
        return self.is_warned and not (self.is_paused or self.is_late)


def find_due(actor: Actor, incidents: Collection[Incident]) -> dict[uuid.UUID, Due]:
    """The clock of each open incident that has one, by its id. One statement, whatever the number.

    The levels are those that the actor's home tenant has agreed with the incidents' tenants.
    """
    tenant_ids = {incident.tenant_id for incident in incidents}
    levels = levels_for_person(actor.account_id, actor.home_tenant_id, tenant_ids)
    if not levels:
        return {}
    now = clock.now()
    found = {
        incident.id: _reckon(levels[incident.tenant_id], incident, now)
        for incident in incidents
        if incident.tenant_id in levels and incident.status in OPEN_INCIDENT
    }
    return {incident_id: due for incident_id, due in found.items() if due}


def _reckon(level: Level, incident: Incident, now: datetime) -> Due | None:
    reckoned = reckon_incident(level, incident)
    if reckoned is None:
        return None
    severity, waits = Severity(incident.severity).word, read_waits(incident)
    passed = spent(level, severity, incident.created_at, now, is_taken=is_taken(incident), waits=waits)
    used = min(1.0, passed / reckoned.agreed)
    is_warned = reckoned.warn_at is not None and reckoned.warn_at <= now
    return Due(str(reckoned.step), reckoned.agreed - passed, used, reckoned.is_paused, is_warned)
