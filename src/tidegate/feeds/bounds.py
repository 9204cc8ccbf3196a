"""How far a filter reaches in a feed's time, and moving where it begins."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tidegate.odata.filter.literals import read_moment
from tidegate.odata.filter.tree import And, Comparison, Condition, Moment, Operator, Text

_LOWER: Final = (Operator.GT, Operator.GE)
_UPPER: Final = (Operator.LT, Operator.LE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when, until when; None where a filter does not say."""

    since: datetime | None = None
    until: datetime | None = None


def find_bounds(condition: Condition | None, names: Collection[str]) -> Bounds:
    """What a filter says, in each of its parts, of a time that is called so; names in lower case.

    What else it leaves out is its sender's choice, who does not miss it.
    """
    since: datetime | None = None
    until: datetime | None = None
    for part in _parts_of(condition):
        moment = _moment_of(part, names)
        if moment is not None and part.operator in _LOWER:
            since = max(moment, since or moment)
        elif moment is not None and part.operator in _UPPER:
            until = min(moment, until or moment)
    return Bounds(since, until)


def begin_at(condition: Condition, names: Collection[str], moment: datetime) -> Condition:
    """The same filter, beginning at this moment instead of where it begins."""
    if isinstance(condition, And):
        return replace(condition, parts=tuple(begin_at(part, names, moment) for part in condition.parts))
    if not isinstance(condition, Comparison) or condition.operator not in _LOWER:
        return condition
    if _moment_of(condition, names) is None:
        return condition
    return replace(condition, operator=Operator.GE, right=Moment(moment, position=condition.right.position))


def _parts_of(condition: Condition | None) -> Iterator[Comparison]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _parts_of(part)
    elif isinstance(condition, Comparison):
        yield condition


def _moment_of(part: Comparison, names: Collection[str]) -> datetime | None:
    if str(part.left).lower() not in names:
        return None
    if isinstance(part.right, Moment):
        return part.right.value
    return read_moment(part.right.value) if isinstance(part.right, Text) else None
