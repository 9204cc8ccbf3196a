"""Comments that people leave on an incident while they work on it."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from .casting import Cast
from .roster import Roster
from .scenarios.shape import (
    Ending,
)
from .specs import AccountSpec
from .words.remarks import ACTED, CLOSED, TAKEN, WAITING

_TALKATIVE = 0.45


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote, and when."""

    author: AccountSpec
    text: str
    written_at: datetime


def make_remarks(
    cast: Cast,
    roster: Roster,
    span: tuple[AccountSpec, datetime, datetime],
    chance: Random,
    *,
    waiting: bool = False,
    ending: Ending | None = None,
) -> tuple[Remark, ...]:
    """Comments in order of time, by the owner or a colleague; `span` is owner, from, until."""
    owner, begins_at, ends_at = span
    texts = _texts(cast.tenant.language, chance, waiting=waiting, ending=ending)
    moments = sorted(begins_at + (ends_at - begins_at) * chance.random() * 0.98 for _ in texts)
    words = {**cast.words, "admin": roster.administrator.display_name}
    return tuple(
        Remark(_author(owner, roster, moment, chance), text.format_map(words), moment)
        for text, moment in zip(texts, moments, strict=True)
    )


def _texts(language: str, chance: Random, *, waiting: bool, ending: Ending | None) -> list[str]:
    texts = [chance.choice(TAKEN[language])] if chance.random() < _TALKATIVE else []
    if chance.random() < _TALKATIVE:
        texts.append(chance.choice(ACTED[language]))
    if waiting:
        texts.append(chance.choice(WAITING[language]))
    if ending is not None:
        texts.append(CLOSED[language][ending])
    return texts


def _author(owner: AccountSpec, roster: Roster, at: datetime, chance: Random) -> AccountSpec:
    """The owner, mostly, while they still had access at that moment."""
    present = roster.on_duty(at)
    if owner in present and chance.random() > _TALKATIVE / 2:
        return owner
    return chance.choice(present) if present else owner
