"""When an answer is due, and how much of its time is used: pure functions that ask no database.

An instant is in business hours if the local clock of the service level's time zone shows a time within the
weekly table on a day that is no holiday. So an hour that a change of the clocks skips is never counted, and
one that it repeats is counted twice. Whatever is asked, at most a hundred years are looked at.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

SEVERITIES: Final = ("high", "medium", "low", "informational")
MINUTES_OF_DAY: Final = 24 * 60
WARN_PERCENT: Final = 75
_YEARS: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_DAY: Final = 24 * 60 * _MINUTE
# A year from either end of the calendar, so that local time never leaves it.
_FIRST_YEAR: Final = 2
_LAST_YEAR: Final = 9998

type Span = tuple[int, int]
"""From one minute of the local day up to, not at, another: (540, 1020) is nine to five."""
type Waits = Sequence[tuple[datetime, datetime | None]]
"""When one waited for somebody else, in order and without overlap; the last may still go on."""


@dataclass(frozen=True, slots=True)
class Target:
    """How many minutes there are until somebody has taken it on, and until it is resolved; None: no limit."""

    acknowledge: int | None = None
    resolve: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours: a time zone, the spans of each weekday (seven, Monday first), and days off."""

    time_zone: str
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Level:
    """A service level to reckon with. `hours` None is around the clock; so are the severities in `always`.

    `warn_percent` is how much of a time has passed when it is warned of; 0 where it never is.
    """

    id: UUID
    name: str
    targets: Mapping[str, Target] = field(hash=False)
    hours: Hours | None = None
    always: frozenset[str] = frozenset()
    warn_percent: int = WARN_PERCENT

    def hours_of(self, severity: str) -> Hours | None:
        """The hours in which a severity is counted; None for all."""
        return None if severity in self.always else self.hours


NO_TARGET: Final = Target()


def due_at(level: Level, severity: str, started_at: datetime) -> tuple[datetime | None, datetime | None]:
    """By when something that began then is to be acknowledged, and resolved, in UTC.

    That is the first instant at which so much business time has passed; None where there is no target, or
    the hours never hold so much. `severity` is Graph's word; `started_at` is aware.
    """
    target, hours = level.targets.get(severity, NO_TARGET), level.hours_of(severity)
    return _due(hours, started_at, target.acknowledge), _due(hours, started_at, target.resolve)


def reached_at(
    level: Level, severity: str, started_at: datetime, wanted: timedelta, waits: Waits = ()
) -> datetime | None:
    """The first instant at which so much business time has passed, but for that of the waits that ended.

    None where the hours never hold so much.
    """
    hours, microseconds = level.hours_of(severity), wanted // _MICROSECOND
    for begin, end in waits:
        reached = _reach(hours, started_at, microseconds)
        if end is None or reached is None or reached <= begin:
            return reached
        microseconds += elapsed(level, severity, max(begin, started_at), end) // _MICROSECOND
    return _reach(hours, started_at, microseconds)


def elapsed_at_work(
    level: Level, severity: str, since: datetime, until: datetime, waits: Waits = ()
) -> timedelta:
    """How much business time lies between two aware instants, but for that of waits."""
    passed = elapsed(level, severity, since, until)
    for begin, end in waits:
        passed -= elapsed(level, severity, max(begin, since), min(end or until, until))
    return passed


def elapsed(level: Level, severity: str, since: datetime, until: datetime) -> timedelta:
    """How much business time lies between two aware instants; nothing if the second is not the later."""
    hours, first, last = level.hours_of(severity), _read(since), _read(until)
    if last <= first:
        return timedelta(0)
    if hours is None:
        return (last - first) * _MICROSECOND
    first_year, last_year = max(_year_of(first), _year_of(last) - _YEARS), _year_of(last)
    counted = _open_before(hours, last_year, last)
    for year in range(first_year, last_year):
        counted += _open_in(hours, year).total
    return (counted - _open_before(hours, first_year, first)) * _MICROSECOND


def is_open(level: Level, severity: str, at: datetime) -> bool:
    """Whether business time passes at an instant; while it does not, a clock stands still."""
    hours = level.hours_of(severity)
    if hours is None:
        return True
    instant = _read(at)
    opened = _open_in(hours, _year_of(instant))
    index = bisect_right(opened.starts, instant) - 1
    return index >= 0 and instant < opened.ends[index]


@dataclass(frozen=True, slots=True)
class _Opened:
    """The open stretches of a year (UTC) in microseconds from 1970; `sums` is what is open up to each end."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0


def _due(hours: Hours | None, started_at: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else _reach(hours, started_at, minutes * _MINUTE)


def _reach(hours: Hours | None, started_at: datetime, wanted: int) -> datetime | None:
    start = _read(started_at)
    if hours is None:
        return _write(start + wanted)
    year = _year_of(start)
    wanted += _open_before(hours, year, start)
    for later in range(year, min(year + _YEARS, _LAST_YEAR) + 1):
        opened = _open_in(hours, later)
        if wanted <= opened.total:
            index = bisect_left(opened.sums, wanted)
            return _write(opened.ends[index] - (opened.sums[index] - wanted))
        wanted -= opened.total
    return None


def _open_before(hours: Hours, year: int, instant: int) -> int:
    """How much is open in a year before an instant of it, or of a year beside it."""
    opened = _open_in(hours, year)
    index = bisect_right(opened.starts, instant) - 1
    if index < 0:
        return 0
    return opened.sums[index] - max(0, opened.ends[index] - instant)


@lru_cache(maxsize=512)
def _open_in(hours: Hours, year: int) -> _Opened:
    """A few milliseconds the first time; the levels of one installation and the years in use are few."""
    spans = [span for stretch in _stretches(hours.time_zone, year) for span in _opened(hours, *stretch)]
    sums = accumulate(end - start for start, end in spans)
    return _Opened(tuple(start for start, _ in spans), tuple(end for _, end in spans), tuple(sums))


def _opened(hours: Hours, begin: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    """The open spans of a stretch in which local time runs evenly, `offset` before UTC."""
    holidays = {day.toordinal() - _EPOCH_DAY for day in hours.holidays}
    for day in range((begin + offset) // _DAY, (end + offset - 1) // _DAY + 1):
        if day in holidays:
            continue
        midnight = day * _DAY - offset
        # The first of January 1970 was a Thursday.
        for opens, closes in hours.week[(day + 3) % 7]:
            start, stop = max(begin, midnight + opens * _MINUTE), min(end, midnight + closes * _MINUTE)
            if start < stop:
                yield start, stop


def _stretches(time_zone: str, year: int) -> Iterator[tuple[int, int, int]]:
    """A year (UTC) in stretches without a change of the clocks: begin, end, offset from UTC.

    Looked at day by day: no zone has changed its clocks twice within one.
    """
    zone = ZoneInfo(time_zone)
    begin, last = _start_of(year), _start_of(year + 1)
    offset = _offset(zone, begin)
    for day in range(begin, last, _DAY):
        after = _offset(zone, day + _DAY)
        if after != offset:
            change = _find_change(zone, day, offset)
            yield begin, change, offset
            begin, offset = change, after
    if begin < last:
        yield begin, last, offset


def _find_change(zone: ZoneInfo, day: int, before: int) -> int:
    """The second, within a day, from which the offset is no longer what it was before."""
    seconds = range(1, _DAY // _SECOND + 1)
    has_changed = 1
    index = bisect_left(
        seconds, has_changed, key=lambda second: _offset(zone, day + second * _SECOND) != before
    )
    return day + seconds[index] * _SECOND


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = (_EPOCH + instant * _MICROSECOND).astimezone(zone).utcoffset()
    return (offset or timedelta(0)) // _MICROSECOND


def _start_of(year: int) -> int:
    return _read(datetime(year, 1, 1, tzinfo=UTC))


def _year_of(instant: int) -> int:
    return min(max((_EPOCH + instant * _MICROSECOND).year, _FIRST_YEAR), _LAST_YEAR)


def _read(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _write(instant: int) -> datetime | None:
    try:
        return _EPOCH + instant * _MICROSECOND
    except OverflowError:
        return None
