"""The clock of one thing that is to be answered: what is to be done, by when, and whether it stands still.

Time spent waiting for somebody else is taken off the time to resolve. What was late before it waited stays
late: waiting does not make good what was missed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tidegate.customers.clocks import NO_TARGET, Level, Waits, elapsed_at_work, reached_at

_WHOLE: Final = 100


class Step(StrEnum):
    """What is to be done next."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A clock. `due_at` is None where business hours never hold so much, or while it stands still.

    `warn_at` is from when it is warned of; None where it is not, or while it stands still.
    """

    step: Step
    agreed: timedelta
    due_at: datetime | None
    warn_at: datetime | None
    is_paused: bool


def reckon(
    level: Level, severity: str, started_at: datetime, *, is_taken: bool, waits: Waits = ()
) -> Reckoned | None:
    """The clock of what began then; None where nothing was agreed for it.

    `severity` is Graph's word. Once somebody has taken it on, it is to be resolved.
    """
    target = level.targets.get(severity, NO_TARGET)
    step = Step.RESOLVE if is_taken else Step.ACKNOWLEDGE
    minutes = target.resolve if is_taken else target.acknowledge
    if minutes is None:
        return None
    agreed, counted = timedelta(minutes=minutes), waits if is_taken else ()
    due_at = reached_at(level, severity, started_at, agreed, counted)
    if counted and counted[-1][1] is None and (due_at is None or counted[-1][0] < due_at):
        return Reckoned(step, agreed, None, None, is_paused=True)
    warned = agreed * level.warn_percent / _WHOLE
    warn_at = reached_at(level, severity, started_at, warned, counted) if level.warn_percent else None
    return Reckoned(step, agreed, due_at, warn_at, is_paused=False)


def spent(
    level: Level, severity: str, started_at: datetime, until: datetime, *, is_taken: bool, waits: Waits = ()
) -> timedelta:
    """How much of the time agreed for the present step had passed at an instant."""
    return elapsed_at_work(level, severity, started_at, until, waits if is_taken else ())
