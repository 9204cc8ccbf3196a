"""The newest rows of many tenants are those of the plain query, whichever way they are found."""

from collections.abc import Callable
from typing import Any, ClassVar
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, make_cast
from tests.incidents.many_queues import (
    CATEGORIES,
    SOURCES,
    ManyTenants,
    is_seen,
    make_tenants,
    rows,
    write_rows,
)
from tests.incidents.many_queues import MadeRow as Row
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ActorKind, ManyScope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.core.paging import take_page
from tidegate.devices.models import DeviceGroup
from tidegate.gate.opening import open_many
from tidegate.incidents import queries
from tidegate.incidents.filters import ORDERS, Filter
from tidegate.incidents.newest import engines, pages, texts
from tidegate.incidents.words import Severity

SIZE = 3
WAYS = {"few": (16, (4,)), "probe": (0, (2, 5)), "first tenants": (0, ()), "all but one": (3, (1,))}
quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def some(*values: object) -> st.SearchStrategy[tuple[object, ...]]:
    """Usually none, or two at most: most lists are long."""
    return st.one_of(st.just(()), st.just(()), st.lists(st.sampled_from(values), max_size=2).map(tuple))


def seldom(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", "", "", "", "", *values])


filters = st.builds(
    Filter,
    severities=some(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    statuses=some("open", "resolved", "inProgress", "new"),
    assigned=seldom("me", "none"),
    category=seldom(*map(str.upper, CATEGORIES)),
    source=seldom(*SOURCES),
    span=seldom("24h"),
    text=seldom("1", "alert 2"),
)


class TestNewest(TestCase):
    made: ClassVar[ManyTenants]

    @classmethod
    def setUpTestData(cls) -> None:
        with standing_at(NOW):
            cls.made = make_tenants(make_cast())

    def scope(self, permission: Permission) -> ManyScope:
        return open_many(self.made.cast.actor("analyst"), permission)

    @quick
    @given(
        rows=rows,
        chosen=filters,
        way=st.sampled_from(sorted(WAYS)),
        within=st.sampled_from([0, 4]),
        hides=st.booleans(),
    )
    def test_pages_are_those_of_the_plain_query(
        self, rows: list[Row], chosen: Filter, way: str, within: int, *, hides: bool
    ) -> None:
        with standing_at(NOW), going(way):
            write_rows(self.made, rows)
            if not hides:
                show_everything()
            if within:
                chosen = Filter(
                    severities=chosen.severities,
                    tenants=tuple(t.id for t in self.made.tenants[1 : 1 + within]),
                )
            alerts, incidents = self.scope(Permission.ALERT_READ), self.scope(Permission.INCIDENT_READ)
            compare(
                queries.list_alerts(alerts, chosen),
                lambda c: queries.page_alerts(alerts, chosen, c, size=SIZE),
            )
            compare(
                queries.list_incidents(incidents, chosen),
                lambda c: queries.page_incidents(incidents, chosen, c, size=SIZE),
            )

    @settings(quick, max_examples=8, phases=(Phase.generate,))
    @given(rows=rows, way=st.sampled_from(sorted(WAYS)))
    def test_everything_that_may_be_seen_is_there_and_nothing_else(self, rows: list[Row], way: str) -> None:
        with standing_at(NOW), going(way):
            pairs = write_rows(self.made, rows)
            expected = sorted(
                (alert for row, alert in pairs if is_seen(row)),
                key=lambda a: (a.created_at, a.id),
                reverse=True,
            )
            scope = self.scope(Permission.ALERT_READ)
            assert walk(lambda c: queries.page_alerts(scope, Filter(), c, size=SIZE)) == [
                a.id for a in expected
            ]

    @settings(quick, max_examples=8, phases=(Phase.generate,))
    @given(rows=rows, way=st.sampled_from(sorted(WAYS)))
    def test_what_is_written_for_one_reader_opens_nothing_to_the_next(
        self, rows: list[Row], way: str
    ) -> None:
        with standing_at(NOW), going(way):
            write_rows(self.made, rows)
            show_everything()
            for who in ("analyst", "outsider", "admin", "analyst"):
                scope = open_many(self.made.cast.actor(who), Permission.ALERT_READ)
                may = set(scope.reach.tenant_ids().values_list("tenant_id", flat=True))
                for chosen in (Filter(), Filter(severities=(Severity.HIGH,)), Filter(statuses=("open",))):
                    page = queries.page_alerts(scope, chosen, "", size=SIZE)
                    plain = take_page(queries.list_alerts(scope, chosen), ORDERS["age"], size=SIZE)
                    assert ids(page) == ids(plain)
                    assert {row.tenant_id for row in page.rows} <= may

    def test_readers_who_differ_in_values_alone_share_what_is_written(self) -> None:
        with standing_at(NOW):
            write_rows(self.made, [Row(n % 4, n % 4, 4, 1, "", "", SOURCES[0], "") for n in range(9)])
            show_everything()
            texts._written.cache_clear()
            for who in ("analyst", "outsider"):
                scope = open_many(self.made.cast.actor(who), Permission.ALERT_READ)
                first = queries.page_alerts(scope, Filter(), "", size=1)
                queries.page_alerts(scope, Filter(), first.next_cursor, size=1)
            assert texts._written.cache_info().misses == 2

    def test_who_may_enter_nothing_sees_nothing(self) -> None:
        nobody = Actor(kind=ActorKind.PERSON, display_name="Not signed in")
        with standing_at(NOW):
            write_rows(self.made, [Row(0, 0, 4, 1, "", "", SOURCES[0], "")])
            for chosen in (Filter(), Filter(assigned="me"), Filter(statuses=("redirected",))):
                page = queries.page_alerts(open_many(nobody, Permission.ALERT_READ), chosen, "")
                assert (page.rows, page.next_cursor, page.previous_cursor) == ([], "", "")

    def test_one_permission_does_not_open_the_other_list(self) -> None:
        with standing_at(NOW), pytest.raises(Forbidden):
            queries.page_alerts(self.scope(Permission.INCIDENT_READ), Filter(), "")

    def test_cursor_of_another_list_is_refused(self) -> None:
        with standing_at(NOW), pytest.raises(InvalidInput):
            queries.page_alerts(self.scope(Permission.ALERT_READ), Filter(), "bm90aGluZw")

    def test_a_page_takes_few_statements_whatever_the_way(self) -> None:
        with standing_at(NOW):
            write_rows(self.made, [Row(n % 6, n % 4, 4, 1, "", "", SOURCES[0], "") for n in range(24)])
            for way, statements in (("few", 3), ("first tenants", 4), ("probe", 5)):
                scope = self.scope(Permission.ALERT_READ)
                assert scope.sight.hides
                with going(way), self.assertNumQueries(statements + SHOWN):
                    queries.page_alerts(scope, Filter(), "", size=SIZE)

    def test_what_is_found_in_part_is_looked_for_further_before_each_tenant_is_asked(self) -> None:
        with standing_at(NOW):
            write_rows(self.made, [Row(0, n, 4, 1, "", "", SOURCES[0], "") for n in range(9)])
            scope = self.scope(Permission.ALERT_READ)
            asked = patch.object(pages, "read_first", side_effect=AssertionError)
            with going("all but one"), patch.object(pages, "FEW", 0), asked:
                page = queries.page_alerts(scope, Filter(), "", size=SIZE)
            assert ids(page) == ids(take_page(queries.list_alerts(scope, Filter()), ORDERS["age"], size=SIZE))
            with (
                going("all but one"),
                patch.multiple(pages, FEW=0, FURTHEST=5),
                asked,
                pytest.raises(AssertionError),
            ):
                queries.page_alerts(scope, Filter(), "", size=SIZE)


# What `show_as_seen` asks where something is hidden.
SHOWN = 2


def show_everything() -> None:
    """Nothing is hidden from anybody."""
    DeviceGroup.objects.across_tenants().update(is_restricted=False)


def going(way: str) -> Any:
    """Look for pages in one of the ways."""
    few, probes = WAYS[way]
    return patch.multiple(pages, FEW=few, choose_engine=lambda: Probing(probes))


class Probing:
    """The engine in use, with other probes."""

    def __init__(self, probes: tuple[int, ...]) -> None:
        self.probes = probes
        self._engine = engines.choose_engine()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def compare(plain: Any, page: Callable[[str], Any]) -> None:
    """Go through a list to its end and back, and find the plain query's rows and cursors on each page."""
    cursor, was = "", []
    while True:
        found, expected = page(cursor), take_page(plain, ORDERS["age"], cursor=cursor, size=SIZE)
        assert ids(found) == ids(expected)
        assert [found.next_cursor, found.previous_cursor] == [expected.next_cursor, expected.previous_cursor]
        if not found.next_cursor:
            break
        was.append(found)
        cursor = found.next_cursor
    while found.previous_cursor and was:
        back = take_page(plain, ORDERS["age"], cursor=found.previous_cursor, size=SIZE)
        found = page(found.previous_cursor)
        assert ids(found) == ids(back) == ids(was.pop())


def walk(page: Callable[[str], Any]) -> list[Any]:
    """The ids of all rows, page by page."""
    found, cursor = [], ""
    while True:
        one = page(cursor)
        found += ids(one)
        cursor = one.next_cursor
        if not cursor:
            return found


def ids(page: Any) -> list[Any]:
    return [row.id for row in page.rows]
