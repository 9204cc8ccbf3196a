"""Comments that people leave on an incident while they work on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from .roster import Roster
from .specs import AccountSpec
from .story import Story
from .words.remarks import ACTED, CLOSED, TAKEN, WAITING

_TALKATIVE = 0.45
_NOTHING_TO_DO = frozenset(
    {"confirmedActivity", "notMalicious", "lineOfBusinessApplication", "securityTesting"}
)


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote, and when."""

    author: AccountSpec
    text: str
    written_at: datetime


def make_remarks(
    story: Story,
    roster: Roster,
    span: tuple[AccountSpec, datetime, datetime],
    chance: Random,
    *,
    waiting: bool = False,
    verdict: str = "",
) -> tuple[Remark, ...]:
    """Comments in order of time, by the owner or a colleague.

    `span` is owner, from, until; `verdict` the determination, once there is one.
    """
    owner, begins_at, ends_at = span
    texts = list(_texts(story, chance, waiting=waiting, verdict=verdict))
    moments = sorted(begins_at + (ends_at - begins_at) * chance.random() * 0.98 for _ in texts)
    words = {**story.cast.words, "admin": roster.administrator.display_name}
    return tuple(
        Remark(_author(owner, roster, moment, chance), text.format_map(words), moment)
        for text, moment in zip(texts, moments, strict=True)
    )


def _texts(story: Story, chance: Random, *, waiting: bool, verdict: str) -> Iterator[str]:
    language = story.cast.tenant.language
    if chance.random() < _TALKATIVE:
        yield chance.choice(TAKEN[language])
    if chance.random() < _TALKATIVE and verdict not in _NOTHING_TO_DO:
        yield chance.choice(ACTED[language][story.beats[0].stage.playbook])
    if waiting:
        yield chance.choice(WAITING[language])
    if verdict:
        yield CLOSED[language][verdict]


def _author(owner: AccountSpec, roster: Roster, at: datetime, chance: Random) -> AccountSpec:
    """The owner, mostly, while they still had access at that moment."""
    present = roster.on_duty(at)
    if owner in present and chance.random() > _TALKATIVE / 2:
        return owner
    return chance.choice(present) if present else owner
