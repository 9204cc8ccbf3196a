"""The clocks are kept: whoever changes incidents sets them anew, under the lock of the tenant's instants."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from enum import IntFlag
from typing import Final

from tidegate.core import clock
from tidegate.customers.clocks import Level
from tidegate.customers.levels import levels_about
from tidegate.customers.reckoning import Reckoned, Step, reckon
from tidegate.incidents.clocks.waits import read_waits
from tidegate.incidents.models import Incident, IncidentClock
from tidegate.incidents.words import OPEN_INCIDENT, IncidentStatus, Severity

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""After everything that ever falls due: a column that lists are ordered by holds no NULL."""
MOVED_BY: Final = frozenset({"status", "severity", "created_at", "acknowledged_at"})
"""The columns of an incident that move its clocks."""
_WRITTEN: Final = ["step", "due_at", "warn_at", "next_at", "is_open", "is_paused", "told"]


class Told(IntFlag):
    """The thresholds of both steps, as `IncidentClock.told` has them."""

    ACKNOWLEDGE_SOON = 1
    ACKNOWLEDGE_LATE = 2
    RESOLVE_SOON = 4
    RESOLVE_LATE = 8


SOON: Final = {Step.ACKNOWLEDGE: Told.ACKNOWLEDGE_SOON, Step.RESOLVE: Told.RESOLVE_SOON}
LATE: Final = {Step.ACKNOWLEDGE: Told.ACKNOWLEDGE_LATE, Step.RESOLVE: Told.RESOLVE_LATE}


def keep_clocks(tenant_id: uuid.UUID, incidents: Collection[Incident]) -> None:
    """Set the clocks of these incidents of one tenant, in the caller's transaction and after its instants.

    One statement where nobody agreed on anything with the tenant, else at most four.
    """
    levels = levels_about(tenant_id) if incidents else {}
    if levels:
        set_clocks(tenant_id, levels, incidents)


def set_clocks(
    tenant_id: uuid.UUID,
    levels: Mapping[uuid.UUID, Level | None],
    incidents: Collection[Incident],
    *,
    quiet_until: datetime | None = None,
) -> None:
    """Set them by these levels, by home tenant; None is that nothing is agreed any more.

    Thresholds up to `quiet_until` count as told: nobody missed what was agreed only later.
    """
    ids = [incident.id for incident in incidents]
    rows = IncidentClock.objects.of_tenant(tenant_id).filter(incident_id__in=ids, home_tenant_id__in=levels)
    known = {(row.home_tenant_id, row.incident_id): row for row in rows}
    written, dropped = [], []
    for (home_id, incident_id), row, reckoned in _pair(levels, incidents, known):
        if reckoned is None:
            if row and not row.told:
                dropped.append(row.id)
            elif row and row.is_open:
                row.is_open, row.next_at = False, None
                written.append(row)
            continue
        clock_row = row or IncidentClock(
            tenant_id=tenant_id, home_tenant_id=home_id, incident_id=incident_id, due_at=NEVER
        )
        before = [getattr(clock_row, name) for name in _WRITTEN]
        _apply(clock_row, reckoned, quiet_until)
        if row is None or before != [getattr(clock_row, name) for name in _WRITTEN]:
            written.append(clock_row)
    if dropped:
        IncidentClock.objects.of_tenant(tenant_id).filter(id__in=dropped).delete()
    if written:
        IncidentClock.objects.all().put(written, _WRITTEN)


def reckon_incident(level: Level, incident: Incident) -> Reckoned | None:
    """An incident's clock by a level; None for one that is done, or for which nothing was agreed."""
    if incident.status not in OPEN_INCIDENT:
        return None
    severity = Severity(incident.severity).word
    return reckon(
        level, severity, incident.created_at, is_taken=is_taken(incident), waits=read_waits(incident)
    )


def is_taken(incident: Incident) -> bool:
    """Whether somebody has taken it on."""
    return incident.acknowledged_at is not None or incident.status != IncidentStatus.ACTIVE


def next_at(row: IncidentClock) -> datetime | None:
    """When the next threshold is to be told of; None where there is none to come."""
    step, told = Step(row.step), Told(row.told)
    if row.is_paused or not row.is_open or LATE[step] in told:
        return None
    if row.warn_at is not None and SOON[step] not in told:
        return row.warn_at
    return row.due_at if row.due_at < NEVER else None


def _pair(
    levels: Mapping[uuid.UUID, Level | None],
    incidents: Collection[Incident],
    known: Mapping[tuple[uuid.UUID, uuid.UUID], IncidentClock],
) -> Iterator[tuple[tuple[uuid.UUID, uuid.UUID], IncidentClock | None, Reckoned | None]]:
    for home_id, level in levels.items():
        for incident in incidents:
            key = (home_id, incident.id)
            yield key, known.get(key), reckon_incident(level, incident) if level else None


def _apply(row: IncidentClock, reckoned: Reckoned, quiet_until: datetime | None) -> None:
    row.step, row.is_paused, row.is_open = reckoned.step.value, reckoned.is_paused, True
    row.due_at, row.warn_at = reckoned.due_at or NEVER, reckoned.warn_at
    if quiet_until is not None:
        row.told |= passed(row, quiet_until)
    row.next_at = next_at(row)


def passed(row: IncidentClock, at: datetime | None = None) -> Told:
    """The thresholds of its present step that lie behind an instant, now unless another is given."""
    instant, step, told = at or clock.now(), Step(row.step), Told(0)
    if row.is_paused:
        return told
    if row.warn_at is not None and row.warn_at <= instant:
        told |= SOON[step]
    # What is late is no longer about to be.
    return told | SOON[step] | LATE[step] if row.due_at <= instant else told
