"""When rounds begin: calendar months from the first, whatever month, year, clock change or pause."""

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.entitlements.models import AssignmentPolicy
from tidegate.entitlements.rounds import add_months, due_start, latest_start, next_start
from tidegate.entitlements.rules import ReviewRule

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:30:00+00:00")


def every(months: int, first: datetime) -> ReviewRule:
    return ReviewRule(starts_at=first, every_months=months)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-12-31", 14, "2028-02-29"),
        ("2026-05-10", 0, "2026-05-10"),
    ],
)
def test_months_are_those_of_the_calendar(start: str, months: int, expected: str) -> None:
    assert add_months(at(start), months) == at(expected)


@given(start=MOMENTS, months=st.integers(0, 600))
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(start: datetime, months: int) -> None:
    later = add_months(start, months)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day == min(start.day, calendar.monthrange(later.year, later.month)[1])
    assert later.timetz() == start.timetz()


@given(first=MOMENTS, months=st.integers(1, 60), now=MOMENTS)
def test_the_latest_round_is_the_last_one_that_has_begun(first: datetime, months: int, now: datetime) -> None:
    starts = [add_months(first, months * number) for number in range(600 // months + 2)]
    begun = [start for start in starts if start <= now]
    rule = every(months, first)
    assert latest_start(rule, now) == (begun[-1] if begun else None)
    assert next_start(rule, now) == starts[len(begun)]


@given(first=MOMENTS, months=st.integers(1, 24), pauses=st.lists(st.integers(1, 4000), max_size=20))
def test_each_round_begins_once_however_irregularly_the_worker_looks(
    first: datetime, months: int, pauses: list[int]
) -> None:
    policy = AssignmentPolicy(review_json=every(months, first).write())
    now, begun = first - timedelta(days=1), list[datetime]()
    for pause in pauses:
        now += timedelta(hours=pause)
        start = due_start(policy, now)
        if start is None:
            continue
        assert start <= now < (next_start(every(months, first), start) or now)
        begun.append(start)
        policy.last_review_at = start
        assert due_start(policy, now) is None
    assert begun == sorted(set(begun))


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Pacific/Auckland"])
def test_clock_changes_move_no_round(zone: str) -> None:
    first = datetime(2026, 1, 29, 2, 30, tzinfo=ZoneInfo(zone))
    rounds = [add_months(first, number) for number in range(24)]
    assert {start.timetz() for start in rounds} == {first.astimezone(UTC).timetz()}
    assert rounds == sorted(set(rounds))
    for start in rounds[1:]:
        assert latest_start(every(1, first), start - timedelta(microseconds=1)) != start
        assert latest_start(every(1, first), start) == start


def test_a_rule_without_repetition_has_one_round() -> None:
    rule = every(0, at("2026-05-01"))
    assert latest_start(rule, at("2026-04-30")) is None
    assert latest_start(rule, at("2031-01-01")) == at("2026-05-01")
    assert next_start(rule, at("2026-04-30")) == at("2026-05-01")
    assert next_start(rule, at("2026-05-01")) is None


def test_a_policy_without_reviews_has_none_due() -> None:
    assert due_start(AssignmentPolicy(review_json={}), at("2026-05-01")) is None
