"""Walking through a list by cursors, and cursors that somebody made up."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import uuid7
from tidegate.core.paging import Page, SortKey, read_all, take_page
from tidegate.directory.models import Tenant
from tidegate.incidents.filters import ORDERS
from tidegate.incidents.models import Incident

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
TENANT = "11111111-1111-4111-8111-111111111111"

mixed = (
    SortKey("severity", descending=False),
    SortKey("last_activity_at"),
    SortKey("number", descending=False),
)
orders = st.sampled_from([*ORDERS.values(), mixed])
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), max_size=25)


def make_tenant() -> None:
    Tenant.objects.create(id=TENANT, display_name="Delta Mills", created_at=BEGIN)


def make_incidents(values: list[tuple[int, int, int]], numbers: "count[int]") -> list[Incident]:
    made = [
        Incident(
            tenant_id=TENANT,
            id=uuid7(),
            number=next(numbers),
            display_name="Found",
            severity=severity,
            created_at=BEGIN + timedelta(microseconds=created),
            last_update_at=BEGIN,
            first_activity_at=BEGIN,
            last_activity_at=BEGIN + timedelta(hours=active),
        )
        for severity, created, active in values
    ]
    return Incident.objects.bulk_create(made)


def page(order: tuple[SortKey, ...], cursor: str, size: int = 3) -> Page[Incident]:
    return take_page(Incident.objects.across_tenants(), order, cursor=cursor, size=size)


def walk(order: tuple[SortKey, ...], size: int) -> list[Page[Incident]]:
    pages = [page(order, "", size)]
    while pages[-1].next_cursor:
        pages.append(page(order, pages[-1].next_cursor, size))
    return pages


class TestWalking(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(values=rows, order=orders, size=st.integers(1, 7))
    def test_forward_and_back_each_row_is_seen_once(
        self, values: list[tuple[int, int, int]], order: tuple[SortKey, ...], size: int
    ) -> None:
        make_tenant()
        make_incidents(values, count(1))
        expected = list(Incident.objects.across_tenants().order_by(*map(str, order)))
        pages = walk(order, size)
        assert [row for one in pages for row in one.rows] == expected
        assert pages[0].previous_cursor == ""
        back = [pages[-1]]
        while back[-1].previous_cursor:
            back.append(page(order, back[-1].previous_cursor, size))
        assert [row for one in reversed(back) for row in one.rows] == expected

    @settings(max_examples=40, deadline=None)
    @given(first=rows, more=rows, order=orders, size=st.integers(1, 7))
    def test_rows_that_come_in_between_move_nothing(
        self,
        first: list[tuple[int, int, int]],
        more: list[tuple[int, int, int]],
        order: tuple[SortKey, ...],
        size: int,
    ) -> None:
        make_tenant()
        numbers = count(1)
        there = {row.number for row in make_incidents(first, numbers)}
        waiting = list(more)
        seen: list[int] = []
        cursor = ""
        while True:
            one = page(order, cursor, size)
            seen += [row.number for row in one.rows]
            cursor = one.next_cursor
            if not cursor:
                break
            make_incidents([waiting.pop()] if waiting else [], numbers)
        assert len(seen) == len(set(seen))
        assert there <= set(seen)


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "statements"), [(0, 1), (2, 1), (5, 3)])
def test_everything_is_read_in_pages(number: int, statements: int) -> None:
    make_tenant()
    made = make_incidents([(0, one, 0) for one in range(number)], count(1))
    with CaptureQueriesContext(connection) as asked:
        found = list(read_all(Incident.objects.across_tenants(), ORDERS["age"], size=2))
    assert [row.id for row in found] == [row.id for row in reversed(made)]
    assert len(asked) == statements


def cursor_of(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


NOW = BEGIN.isoformat()
ID = "0199f3a2-7c11-7abc-8def-0123456789ab"
BAD_FOR_AGE = {
    "not base64": "!!!",
    "one letter": "a",
    "not ascii": "é",
    "not JSON": cursor_of(b"{"),
    "not UTF-8": cursor_of(b"\xff\xfe"),
    "a number": cursor_of(5),
    "a text": cursor_of("fab"),
    "an object": cursor_of({"f": 1, "a": 2, "b": 3}),
    "null": cursor_of(None),
    "no values": cursor_of(["f"]),
    "too few": cursor_of(["f", NOW]),
    "too many": cursor_of(["f", NOW, ID, 1]),
    "unknown way": cursor_of(["x", NOW, ID]),
    "way is a list": cursor_of([["f"], NOW, ID]),
    "huge integer": cursor_of(["f", 10**30, ID]),
    "integer for a time": cursor_of(["f", 1, ID]),
    "integer for an id": cursor_of(["f", NOW, 1]),
    "true": cursor_of(["f", True, True]),
    "null values": cursor_of(["f", None, None]),
    "lists": cursor_of(["f", [NOW], [ID]]),
    "naive time": cursor_of(["f", "2026-03-01T00:00:00", ID]),
    "no time": cursor_of(["f", "yesterday", ID]),
    "time before year 1": cursor_of(["f", "0001-01-01T00:00:00+14:00", ID]),
    "time after year 9999": cursor_of(["f", "9999-12-31T23:59:59-14:00", ID]),
    "not an id": cursor_of(["f", NOW, "x"]),
    "NUL": cursor_of(["f", NOW, "\0"]),
    "deep": cursor_of(b"[" * 900),
    "very deep": "W1tb" * 100_000,
    "long": "a" * 1_000_000,
}
BAD_FOR_SEVERITY = {
    "too large": cursor_of(["f", 2**63, NOW, ID]),
    "larger than Python reads": cursor_of(b'["f",' + b"9" * 1000 + b"]"),
    "fraction": cursor_of(["f", 1.5, NOW, ID]),
    "infinity": cursor_of(b'["f",Infinity,"x","x"]'),
    "text": cursor_of(["f", "1", NOW, ID]),
    "true": cursor_of(["f", True, NOW, ID]),
}


@pytest.mark.django_db
@pytest.mark.parametrize("bad", BAD_FOR_AGE)
def test_a_made_up_cursor_is_refused_by_name(bad: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        page(ORDERS["age"], BAD_FOR_AGE[bad])
    assert refused.value.fields == {"cursor": "is not one that this list gave"}


@pytest.mark.django_db
@pytest.mark.parametrize("bad", BAD_FOR_SEVERITY)
def test_a_made_up_number_in_a_cursor_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        page(ORDERS["severity"], BAD_FOR_SEVERITY[bad])


@pytest.mark.django_db
@pytest.mark.parametrize("number", [2**63 - 1, 2**31, 40_000, -40_000, 1 - 2**63])
def test_a_number_that_the_column_cannot_hold_is_merely_beyond_all_rows(number: int) -> None:
    make_tenant()
    make_incidents([(1, 1, 1)], count(1))
    found = page(ORDERS["severity"], cursor_of(["f", number, NOW, ID]))
    assert len(found.rows) == (1 if number > 0 else 0)


@pytest.mark.django_db
def test_a_cursor_of_another_order_is_refused() -> None:
    make_tenant()
    make_incidents([(1, 1, 1)] * 5, count(1))
    with pytest.raises(InvalidInput, match="cursor"):
        page(ORDERS["severity"], page(ORDERS["age"], "").next_cursor)
