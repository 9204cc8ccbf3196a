"""What people did about an incident: who took it, how far they came, how they judged it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .remarks import Remark, make_remarks
from .roster import Roster
from .scenarios.shape import (
    Ending,
)
from .specs import AccountSpec
from .story import Story

_HOUR = timedelta(hours=1)

# Up to an age: the chances of resolved, in progress and awaiting; what remains is still untouched.
_BY_AGE = (
    (2 * _HOUR, (0.04, 0.26, 0.02)),
    (8 * _HOUR, (0.15, 0.40, 0.06)),
    (48 * _HOUR, (0.52, 0.22, 0.09)),
    (7 * 24 * _HOUR, (0.85, 0.07, 0.04)),
    (timedelta.max, (0.965, 0.015, 0.01)),
)

_TRUE, _FALSE, _EXPECTED = "truePositive", "falsePositive", "informationalExpectedActivity"
_JUDGEMENTS = {
    Ending.ATTACK: ((_TRUE, "multiStagedAttack"), (_TRUE, "maliciousUserActivity")),
    Ending.TEST: ((_EXPECTED, "securityTesting"),),
    Ending.ACCOUNT: ((_TRUE, "compromisedAccount"),),
    Ending.PHISHING: ((_TRUE, "phishing"),),
    Ending.MALWARE: ((_TRUE, "malware"),),
    Ending.UNWANTED: ((_TRUE, "unwantedSoftware"),),
    Ending.HARMLESS: (
        (_EXPECTED, "confirmedActivity"),
        (_FALSE, "notMalicious"),
        (_FALSE, "notEnoughDataToValidate"),
        (_EXPECTED, "lineOfBusinessApplication"),
    ),
    Ending.INSIDER: ((_TRUE, "maliciousUserActivity"), (_EXPECTED, "confirmedActivity"), (_TRUE, "other")),
}


@dataclass(frozen=True, slots=True)
class Handling:
    """How an incident stands. `status` is Graph's incidentStatus; None is what has not happened."""

    status: str
    owner: AccountSpec | None = None
    taken_at: datetime | None = None
    resolved_at: datetime | None = None
    classification: str = "unknown"
    determination: str = "unknown"
    remarks: tuple[Remark, ...] = ()


UNTOUCHED = Handling("active")


def decide_handling(story: Story, roster: Roster, now: datetime, chance: Random) -> Handling:
    """What has been done by `now`. Nobody works on an incident while they may not enter its tenant."""
    raised_at = story.beats[0].raised_at
    taken_at = raised_at + timedelta(minutes=chance.expovariate(1 / 11) + 1)
    resolved_at = max(taken_at, story.beats[-1].raised_at) + _HOUR * (chance.expovariate(1 / 2.2) + 0.15)
    status = _status(now - raised_at, chance)
    if status == "active" or taken_at >= now:
        return UNTOUCHED
    owner = chance.choice(roster.on_duty(taken_at))
    if status == "resolved" and resolved_at < now:
        return _resolved(story, roster, (owner, taken_at, resolved_at), chance)
    waiting = status == "awaitingAction"
    remarks = make_remarks(story, roster, (owner, taken_at, now), chance, waiting=waiting)
    return Handling("awaitingAction" if waiting else "inProgress", owner, taken_at, remarks=remarks)


def _resolved(
    story: Story, roster: Roster, span: tuple[AccountSpec, datetime, datetime], chance: Random
) -> Handling:
    ending = chance.choice(story.scenario.endings)
    classification, determination = chance.choice(_JUDGEMENTS[ending])
    remarks = make_remarks(story, roster, span, chance, verdict=determination)
    return Handling("resolved", *span, classification, determination, remarks)


def _status(age: timedelta, chance: Random) -> str:
    chances = next(chances for limit, chances in _BY_AGE if age <= limit)
    weights = (*chances, 1 - sum(chances))
    return chance.choices(("resolved", "inProgress", "awaitingAction", "active"), weights)[0]
