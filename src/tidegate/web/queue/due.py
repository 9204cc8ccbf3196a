"""How much of the time agreed with a customer is left for an incident, as rows and pages show it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.customers.clocks import NO_TARGET, Level, elapsed
from tidegate.customers.levels import levels_for_person
from tidegate.incidents.models import Incident
from tidegate.incidents.words import OPEN_INCIDENT, IncidentStatus, Severity

SOON_WHEN_USED: Final = 0.6
SOON_WITHIN: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Due:
    """The clock of one incident.

    `step` is what is to be done: "acknowledge" or "resolve"; `left` how much business time there is for it,
    below zero when it is late; `used` the part of it that has passed, 1 at most; `is_paused` while it waits
    for somebody else.
    """

    step: str
    left: timedelta
    used: float
    is_paused: bool = False

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return not self.is_paused and self.left <= timedelta(0)

    @property
    def is_soon(self) -> bool:
        """Whether it will be soon: most of it has passed and little is left."""
        return not (self.is_paused or self.is_late) and (
            self.used >= SOON_WHEN_USED and self.left <= SOON_WITHIN
        )


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
    severity = Severity(incident.severity).word
    target = level.targets.get(severity, NO_TARGET)
    is_taken = incident.acknowledged_at is not None or incident.status != IncidentStatus.ACTIVE
    step, minutes = ("resolve", target.resolve) if is_taken else ("acknowledge", target.acknowledge)
    if minutes is None:
        return None
    agreed = timedelta(minutes=minutes)
    passed = elapsed(level, severity, incident.created_at, now)
    is_paused = incident.status == IncidentStatus.AWAITING_ACTION
    used = min(1.0, passed / agreed) if agreed else 1.0
    return Due(step, agreed - passed, used, is_paused)
