"""Business time, held against a clock that looks at every minute."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.customers.clocks import SEVERITIES, Hours, Level, Span, Target, due_at, elapsed, is_open

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NINE_TO_FIVE = (((540, 1020),),) * 5 + ((), ())
MINUTE = timedelta(minutes=1)
# Changes of the clocks: by an hour, by half an hour, at midnight, into the next day; one zone without any.
CHANGES = {
    "Europe/Amsterdam": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 12, 31)),
    "Asia/Kathmandu": (date(2026, 1, 1), date(2027, 1, 1)),
}


def level(hours: Hours | None, *, always: tuple[str, ...] = (), **targets: Target) -> Level:
    return Level(uuid.UUID(int=7), "Gold", targets, hours, frozenset(always))


def at(*parts: int) -> datetime:
    """A wall time in Amsterdam."""
    return datetime(*parts, tzinfo=AMSTERDAM)  # type: ignore[arg-type,misc]


def shows_business(hours: Hours, instant: datetime) -> bool:
    """What the local clock and calendar say of one instant."""
    local = instant.astimezone(ZoneInfo(hours.time_zone))
    minute = local.hour * 60 + local.minute
    spans = hours.week[local.weekday()]
    return local.date() not in hours.holidays and any(opens <= minute < closes for opens, closes in spans)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[Span, ...], ...]:
    def day() -> tuple[Span, ...]:
        marks = st.lists(st.integers(0, 96).map(lambda quarter: quarter * 15), max_size=4, unique=True)
        edges = sorted(draw(marks))
        return tuple(zip(edges[::2], edges[1::2], strict=False))

    return tuple(day() for _ in range(7))


@st.composite
def moments(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Hours, and an instant near a change of their clocks."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    near = draw(st.sampled_from(CHANGES[zone]))
    holidays = draw(st.sets(st.integers(-3, 6).map(lambda days: near + timedelta(days)), max_size=3))
    start = datetime(near.year, near.month, near.day, tzinfo=UTC) + draw(
        st.integers(-3 * 1440, 1440).map(lambda minutes: timedelta(minutes=minutes))
    )
    return Hours(zone, draw(weeks()), frozenset(holidays)), start


@given(moments(), st.integers(0, 5 * 1440))
@settings(max_examples=150, deadline=None)
def test_elapsed_is_the_sum_of_the_minutes_that_the_clock_shows(
    moment: tuple[Hours, datetime], minutes: int
) -> None:
    hours, start = moment
    shown = sum(shows_business(hours, start + n * MINUTE) for n in range(minutes))
    assert elapsed(level(hours), "high", start, start + minutes * MINUTE) == shown * MINUTE


@given(moments(), st.integers(1, 2000))
@settings(max_examples=150, deadline=None)
def test_due_is_the_first_instant_at_which_so_many_minutes_were_shown(
    moment: tuple[Hours, datetime], minutes: int
) -> None:
    hours, start = moment
    (due, _) = due_at(level(hours, high=Target(minutes)), "high", start)
    shown, instant = 0, start
    for _ in range(8 * 1440):
        if shown == minutes:
            assert due == instant
            return
        shown += shows_business(hours, instant)
        instant += MINUTE
    assert due is None or due >= instant


@given(
    moments(),
    st.integers(0, 3_000_000_000_000),
    st.integers(0, 400 * 86_400_000_000),
    st.integers(0, 400 * 86_400_000_000),
)
@settings(max_examples=150, deadline=None)
def test_time_adds_up_to_the_microsecond_and_stops_while_closed(
    moment: tuple[Hours, datetime], shift: int, one: int, other: int
) -> None:
    hours, near = moment
    gold = level(hours)
    start = near + timedelta(microseconds=shift)
    middle = start + timedelta(microseconds=one)
    end = middle + timedelta(microseconds=other)
    parts = elapsed(gold, "low", start, middle) + elapsed(gold, "low", middle, end)
    assert elapsed(gold, "low", start, end) == parts <= end - start
    tick = timedelta(microseconds=1)
    assert elapsed(gold, "low", end, end + tick) == (tick if is_open(gold, "low", end) else 0 * tick)


@given(moments(), st.integers(1, 60 * 24 * 366))
@settings(max_examples=100, deadline=None)
def test_what_is_due_is_what_elapses(moment: tuple[Hours, datetime], minutes: int) -> None:
    hours, start = moment
    gold = level(hours, high=Target(None, minutes))
    (acknowledge, due) = due_at(gold, "high", start)
    assert acknowledge is None
    assert (
        due is not None
        or not any(hours.week)
        or elapsed(gold, "high", start, start + timedelta(days=36524)) < minutes * MINUTE
    )
    if due is not None:
        assert elapsed(gold, "high", start, due) == minutes * MINUTE
        assert elapsed(gold, "high", start, due - timedelta(microseconds=1)) < minutes * MINUTE


def test_it_waits_over_night_the_weekend_and_holidays() -> None:
    hours = Hours("Europe/Amsterdam", NINE_TO_FIVE, frozenset({date(2026, 12, 25)}))
    gold = level(hours, high=Target(30, 240), low=Target(None, 60))
    thursday = at(2026, 12, 24, 16, 45)
    assert due_at(gold, "high", thursday) == (at(2026, 12, 28, 9, 15), at(2026, 12, 28, 12, 45))
    assert due_at(gold, "low", at(2026, 12, 24, 16, 0)) == (None, at(2026, 12, 24, 17, 0))
    assert due_at(gold, "medium", thursday) == (None, None)
    assert elapsed(gold, "high", thursday, at(2026, 12, 28, 10, 0)) == timedelta(minutes=75)


def test_what_is_around_the_clock_waits_for_nothing() -> None:
    hours = Hours("Europe/Amsterdam", NINE_TO_FIVE)
    gold = level(hours, always=("high",), high=Target(15), low=Target(15))
    saturday = at(2026, 11, 28, 3, 0)
    assert due_at(gold, "high", saturday)[0] == saturday + timedelta(minutes=15)
    assert due_at(gold, "low", saturday)[0] == at(2026, 11, 30, 9, 15)
    assert due_at(level(None, low=Target(15)), "low", saturday)[0] == saturday + timedelta(minutes=15)
    assert (is_open(gold, "high", saturday), is_open(gold, "low", saturday)) == (True, False)


def test_a_skipped_hour_is_not_counted_and_a_repeated_one_twice() -> None:
    nights = Hours("Europe/Amsterdam", (((120, 180),),) * 7)
    gold = level(nights)
    assert elapsed(gold, "high", at(2026, 3, 29, 0, 0), at(2026, 3, 30, 0, 0)) == timedelta(0)
    assert elapsed(gold, "high", at(2026, 10, 25, 0, 0), at(2026, 10, 26, 0, 0)) == timedelta(hours=2)


def test_around_the_clock_too_counts_real_time() -> None:
    gold = level(None, high=Target(24 * 60))
    assert elapsed(gold, "high", at(2026, 3, 29, 0, 0), at(2026, 3, 30, 0, 0)) == timedelta(hours=23)
    assert due_at(gold, "high", at(2026, 3, 29, 0, 0))[0] == at(2026, 3, 30, 1, 0)


def test_hours_that_never_hold_so_much_make_nothing_due() -> None:
    closed = Hours("Europe/Amsterdam", ((),) * 7)
    start = at(2026, 3, 10, 9, 0)
    gold = level(closed, high=Target(1, 1))
    assert due_at(gold, "high", start) == (None, None)
    assert elapsed(gold, "high", start, at(2036, 3, 10, 9, 0)) == timedelta(0)


def test_backwards_no_time_passes() -> None:
    gold = level(None)
    assert elapsed(gold, "high", at(2026, 3, 10, 9, 0), at(2026, 3, 9, 9, 0)) == timedelta(0)


@pytest.mark.parametrize(
    "start",
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), at(1900, 1, 1), at(2026, 1, 1)],
    ids=str,
)
def test_the_ends_of_the_calendar_and_centuries_take_a_bounded_time(start: datetime) -> None:
    nine = Hours("Europe/Amsterdam", NINE_TO_FIVE, frozenset({date(2026, 12, 25)}))
    rare = Hours("America/New_York", (((0, 1),), *((),) * 6))
    begun = time.perf_counter()
    for hours in (nine, rare, None):
        targets = dict.fromkeys(SEVERITIES, Target(60, 527_040))
        gold = Level(uuid.UUID(int=7), "Gold", targets, hours)
        for severity in SEVERITIES:
            due_at(gold, severity, start)
            elapsed(gold, severity, start, datetime.max.replace(tzinfo=UTC))
            elapsed(gold, severity, datetime.min.replace(tzinfo=UTC), start)
    assert time.perf_counter() - begun < 10


def test_a_page_of_clocks_costs_next_to_nothing() -> None:
    hours = Hours("Europe/Amsterdam", NINE_TO_FIVE, frozenset(date(2026, 1, n) for n in range(1, 31)))
    gold = level(hours, high=Target(15, 240))
    due_at(gold, "high", at(2026, 1, 5, 12, 0))
    begun = time.perf_counter()
    for minute in range(200):
        start = at(2026, 1, 5, 12, 0) + timedelta(minutes=minute)
        due_at(gold, "high", start)
        elapsed(gold, "high", start, at(2026, 6, 1, 12, 0))
    assert time.perf_counter() - begun < 10
