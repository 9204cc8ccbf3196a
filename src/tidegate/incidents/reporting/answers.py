"""How soon the incidents of a period were acknowledged and resolved, and what of that was too late."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.customers.clocks import NO_TARGET, Level, Waits, elapsed_at_work
from tidegate.customers.reckoning import Step
from tidegate.incidents.statistics import median, percentile_90
from tidegate.incidents.visibility import seen_incidents
from tidegate.incidents.words import IncidentStatus, Severity

_COLUMNS = (
    *("tenant_id", "number", "severity", "status", "created_at"),
    *("acknowledged_at", "resolved_at", "waits"),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One incident as far as it was answered; `waits` are its spans of waiting for the customer."""

    tenant_id: uuid.UUID
    number: int
    severity: Severity
    status: str
    created_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    waits: Waits = ()

    def done_at(self, step: Step) -> datetime | None:
        """When a step was done; what was resolved was acknowledged by then."""
        if step == Step.RESOLVE:
            return self.resolved_at
        known = [at for at in (self.acknowledged_at, self.resolved_at) if at is not None]
        return min(known, default=None)

    def is_pending(self, step: Step) -> bool:
        """Whether a step is still to be done."""
        if step == Step.RESOLVE:
            return self.status != IncidentStatus.RESOLVED
        return self.status == IncidentStatus.ACTIVE and self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Breach:
    """A step that took longer than agreed, or is still to be done. Both times are business time."""

    tenant_id: uuid.UUID
    number: int
    severity: Severity
    step: Step
    agreed: timedelta
    took: timedelta
    is_pending: bool

    @property
    def over(self) -> timedelta:
        """By how much it was too late."""
        return self.took - self.agreed


@dataclass(slots=True)
class StepTimes:
    """One step of the incidents of one severity, or of all: how long it took, in seconds.

    `within` and `missed` count what was agreed on and is decided; what is not due yet is in neither.
    """

    agreed: timedelta | None = None
    seconds: list[float] = field(default_factory=list)
    within: int = 0
    missed: int = 0

    @property
    def median(self) -> float | None:
        """The middle one; None of none."""
        return median(self.seconds)

    @property
    def p90(self) -> float | None:
        """What nine of ten stay within; None of none."""
        return percentile_90(self.seconds)

    @property
    def percent(self) -> int | None:
        """How many of a hundred were in time, rounded down: a hundred is all of them. None of none."""
        decided = self.within + self.missed
        return self.within * 100 // decided if decided else None


@dataclass(slots=True)
class Times:
    """Both steps, of each severity and of all."""

    by_severity: dict[Severity, dict[Step, StepTimes]]
    total: dict[Step, StepTimes]
    breaches: list[Breach]


def read_answered(
    scope: Scope | ManyScope, since: datetime, until: datetime, tenants: Collection[uuid.UUID] | None = None
) -> Iterator[Answered]:
    """The incidents made in a period, but for merged ones, as they stand now. Raises Forbidden.

    Of several tenants, those of `tenants` alone.
    """
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(created_at__gte=since, created_at__lt=until)
    rows = rows.exclude(status=IncidentStatus.REDIRECTED)
    if tenants is not None:
        rows = rows.filter(tenant_id__in=tenants)
    for row in rows.order_by().values_list(*_COLUMNS).iterator(chunk_size=2_000):
        yield _make(row)


def measure(answered: Iterable[Answered], level: Level | None, now: datetime) -> Times:
    """How long both steps took: in business time of a level, held against it; else in plain time."""
    times = Times({}, {step: StepTimes() for step in Step}, [])
    for one in answered:
        of_severity = times.by_severity.setdefault(one.severity, {step: StepTimes() for step in Step})
        for step in Step:
            agreed = _agreed(level, one.severity, step)
            of_severity[step].agreed = agreed
            _note(times, of_severity[step], one, step, _took(level, one, step), agreed)
            _note_pending(times, of_severity[step], one, step, level, agreed, now)
    times.breaches.sort(key=lambda breach: (-breach.severity, -breach.over, breach.number))
    return times


def _note(
    times: Times,
    of_severity: StepTimes,
    one: Answered,
    step: Step,
    took: timedelta | None,
    agreed: timedelta | None,
) -> None:
    if took is None:
        return
    for each in (of_severity, times.total[step]):
        each.seconds.append(took.total_seconds())
    if agreed is not None:
        _decide(times, of_severity, _breach(one, step, agreed, took, is_pending=False))


def _note_pending(
    times: Times,
    of_severity: StepTimes,
    one: Answered,
    step: Step,
    level: Level | None,
    agreed: timedelta | None,
    now: datetime,
) -> None:
    """What is still to be done is missed once its time is over, and nothing before."""
    if level is None or agreed is None or one.done_at(step) is not None or not one.is_pending(step):
        return
    waits = one.waits if step == Step.RESOLVE else ()
    took = elapsed_at_work(level, one.severity.word, one.created_at, now, waits)
    if took > agreed:
        _decide(times, of_severity, _breach(one, step, agreed, took, is_pending=True))


def _breach(one: Answered, step: Step, agreed: timedelta, took: timedelta, *, is_pending: bool) -> Breach:
    return Breach(one.tenant_id, one.number, one.severity, step, agreed, took, is_pending)


def _decide(times: Times, of_severity: StepTimes, made: Breach) -> None:
    is_late = made.took > made.agreed
    for each in (of_severity, times.total[made.step]):
        each.missed += is_late
        each.within += not is_late
    if is_late:
        times.breaches.append(made)


def _took(level: Level | None, one: Answered, step: Step) -> timedelta | None:
    done_at = one.done_at(step)
    if done_at is None or done_at < one.created_at:
        return None
    if level is None:
        return done_at - one.created_at
    waits = one.waits if step == Step.RESOLVE else ()
    return elapsed_at_work(level, one.severity.word, one.created_at, done_at, waits)


def _agreed(level: Level | None, severity: Severity, step: Step) -> timedelta | None:
    target = level.targets.get(severity.word, NO_TARGET) if level else NO_TARGET
    minutes = target.resolve if step == Step.RESOLVE else target.acknowledge
    return None if minutes is None else timedelta(minutes=minutes)


def _make(row: Sequence[Any]) -> Answered:
    tenant_id, number, severity, status, created_at, acknowledged_at, resolved_at, waits = row
    spans = [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end) if end else None) for begin, end in waits
    ]
    return Answered(
        tenant_id, number, Severity(severity), status, created_at, acknowledged_at, resolved_at, spans
    )
