"""The time that a run looks at: `Timespan` in Microsoft's forms, and what the query itself says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidegate.core.durations import read_duration
from tidegate.core.errors import InvalidInput
from tidegate.odata.filter.literals import read_moment

_FIELD: Final = "Timespan"


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to and without `until`; None for open."""

    since: datetime | None = None
    until: datetime | None = None

    def narrow(self, since: datetime | None, until: datetime | None) -> "Window":
        """What it has in common with another."""
        sinces = [each for each in (self.since, since) if each]
        untils = [each for each in (self.until, until) if each]
        return Window(max(sinces, default=None), min(untils, default=None))


def read_window(text: str, now: datetime) -> Window:
    """`P30D`, `start/end`, `start/P30D`, `P30D/end` or a single start; 30 days for none. Raises InvalidInput.

    Microsoft, "security: runHuntingQuery". An ISO 8601 interval, whose ends are in UTC unless they say.
    """
    try:
        return _read(text.strip() or "P30D", now)
    except OverflowError:
        raise _refused() from None


def _read(text: str, now: datetime) -> Window:
    first, slash, last = (part.strip() for part in text.partition("/"))
    if not slash:
        return Window(since=now - _duration(first) if _is_duration(first) else _moment(first))
    if _is_duration(first) and _is_duration(last):
        raise _refused()
    if _is_duration(first):
        until = _moment(last)
        return Window(until - _duration(first), until)
    since = _moment(first)
    return Window(since, since + _duration(last) if _is_duration(last) else _moment(last))


def _is_duration(text: str) -> bool:
    return text[:1] in {"P", "p"}


def _duration(text: str) -> timedelta:
    return read_duration(text, _FIELD)


def _moment(text: str) -> datetime:
    found = read_moment(text)
    if found is None:
        raise _refused()
    return found


def _refused() -> InvalidInput:
    return InvalidInput(
        fields={_FIELD: "must be an ISO 8601 duration such as P7D, an instant, or an interval"}
    )
