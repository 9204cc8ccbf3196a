"""Each application has its own allowance in each tenant."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from tests.cast import NOW, Cast, make_cast
from tidegate.core.clock import standing_at
from tidegate.core.errors import InvalidInput
from tidegate.feeds.errors import Throttled
from tidegate.feeds.limits import DEFAULTS, Limit, read_limits
from tidegate.feeds.throttling import admit
from tidegate.feeds.words import Family

PROGRAM = uuid.UUID("5f0c0de1-0000-4000-8000-000000000001")
LATER = NOW + timedelta(seconds=12, milliseconds=500)


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.RATE_LIMITS = {**DEFAULTS, Family.SIEM: Limit(3, 5), Family.DEFENDER_BATCH: Limit(0, 0)}


def ask(cast: Cast, times: int = 1, family: Family = Family.SIEM) -> None:
    for _ in range(times):
        admit(cast.customer.id, PROGRAM, family)


def test_admit_up_to_the_limit_of_a_minute(cast: Cast) -> None:
    with standing_at(LATER):
        ask(cast, 3)
        with pytest.raises(Throttled) as refused:
            ask(cast)
    with standing_at(LATER + timedelta(seconds=47)), pytest.raises(Throttled) as last:
        ask(cast)
    with standing_at(NOW + timedelta(minutes=1)):
        ask(cast)

    assert (refused.value.retry_after, last.value.retry_after) == (48, 1)


def test_admit_up_to_the_limit_of_an_hour(cast: Cast) -> None:
    with standing_at(NOW):
        ask(cast, 3)
    with standing_at(NOW + timedelta(minutes=10)):
        ask(cast, 2)
        with pytest.raises(Throttled) as refused:
            ask(cast)
    with standing_at(NOW + timedelta(hours=1)):
        ask(cast, 3)

    assert refused.value.retry_after == 50 * 60


def test_what_is_refused_is_not_counted(cast: Cast) -> None:
    with standing_at(NOW):
        ask(cast, 3)
        for _ in range(4):
            with pytest.raises(Throttled):
                ask(cast)
    with standing_at(NOW + timedelta(minutes=1)):
        ask(cast, 2)


def test_tenants_programs_and_families_do_not_share(cast: Cast) -> None:
    with standing_at(NOW):
        ask(cast, 3)
        admit(cast.other.id, PROGRAM, Family.SIEM)
        admit(cast.customer.id, uuid.uuid4(), Family.SIEM)
        ask(cast, family=Family.DEFENDER_ALERTS)
        ask(cast, 20, family=Family.DEFENDER_BATCH)


def test_a_clock_that_is_behind_counts_in_the_present_window(cast: Cast) -> None:
    with standing_at(NOW):
        ask(cast, 2)
    with standing_at(NOW - timedelta(seconds=1)):
        ask(cast)
    with standing_at(NOW), pytest.raises(Throttled):
        ask(cast)


def test_admit_costs_one_statement(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ask(cast)

    with django_assert_num_queries(1):
        ask(cast)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly() -> None:
    cast = make_cast()
    admitted: list[bool] = []

    def hurry() -> None:
        try:
            for _ in range(2):
                with standing_at(NOW):
                    ask(cast)
                admitted.append(True)
        except Throttled:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=hurry) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(admitted) == 3


def test_limits_are_read_over_the_defaults() -> None:
    limits = read_limits("siem=600/0, defender_batch=20/1000,")

    assert limits[Family.SIEM] == Limit(600, 0)
    assert limits[Family.DEFENDER_BATCH] == Limit(20, 1000)
    assert limits[Family.GRAPH_SECURITY] == DEFAULTS[Family.GRAPH_SECURITY]


@pytest.mark.parametrize("text", ["siem", "siem=1", "siem=-1/2", "tea=1/2", "siem=1/2;x"])
def test_limits_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="graph_security"):
        read_limits(text)
