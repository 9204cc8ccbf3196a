"""Asking again and again: nothing is missed whatever comes in between, and the ledger knows how far it is."""

import itertools
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import NOW, Cast, import_all, make_cast, scope_with
from tests.graph.security.queue import WRITES, alert, fill_queues
from tests.graph.speaking import Speaker, speak
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.feeds.limits import read_limits
from tidegate.feeds.models import Consumer
from tidegate.incidents.actions.changes import set_alert_status

LIST = "security/alerts_v2"
EXAMPLES = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
UNLIMITED = read_limits("graph_security=0/0")
STEPS = st.lists(st.sampled_from(["page", "new", "late", "change"]), min_size=3, max_size=8)


def pages(program: Speaker, path: str) -> Iterator[list[dict[str, Any]]]:
    while path:
        said = program.get(path)
        yield said.values
        path = said.body.get("@odata.nextLink", "").removeprefix("http://testserver/v1.0/")


def ids(alerts: list[dict[str, Any]]) -> list[str]:
    return [alert["id"] for alert in alerts]


class World:
    """A tenant in which things come in and change between the pages that a program reads."""

    worlds = itertools.count()

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        # Examples share a database.
        self.name = f"w{next(self.worlds)}"
        self.made = 0
        self.scope = scope_with(cast.customer, Permission.ALERT_UPDATE)
        self.versions: dict[str, int] = {}

    def run(self, step: str) -> None:
        if step == "change" and self.made:
            name = f"{self.name}-{self.made // 2}"
            status = "inProgress" if self.versions[name] % 2 else "new"
            self.versions[name] = set_alert_status(self.scope, name, status).version
        elif step in {"new", "late"}:
            day = "2026-03-09T10:00:00Z" if step == "new" else "2026-01-01T10:00:00Z"
            name = f"{self.name}-{self.made}"
            made = alert(1, id=name, incidentId="41", createdDateTime=day, lastUpdateDateTime=day)
            import_all(self.cast.customer, [made])
            self.versions[name] = 1
            self.made += 1


@pytest.mark.slow
@EXAMPLES
@given(steps=STEPS, size=st.integers(2, 3))
def test_pages_hold_each_alert_once_whatever_comes_in(cast: Cast, steps: list[str], size: int) -> None:
    """Newest first: what was there at the first page is on some page, and nothing is on two."""
    with standing_at(NOW), override_settings(RATE_LIMITS=UNLIMITED):
        program, world = speak(cast, *WRITES), World(cast)
        before = set(ids(program.get(LIST).values))
        for step in ("new", "late", "new"):
            world.run(step)
        there = set(ids(program.get(LIST).values)) - before
        seen: list[str] = []
        reading = pages(program, f"{LIST}?$top={size}")
        for step in steps:
            if step == "page":
                seen += ids(next(reading, []))
            else:
                world.run(step)
        seen += [each for page in reading for each in ids(page)]
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


@pytest.mark.slow
@EXAMPLES
@given(steps=STEPS, size=st.integers(2, 3))
def test_poller_that_asks_for_what_is_newer_ends_with_the_last_of_everything(
    cast: Cast, steps: list[str], size: int
) -> None:
    """It keeps nothing but the last instant it saw, takes one page at a time, and never looks back."""
    with standing_at(NOW), override_settings(RATE_LIMITS=UNLIMITED):
        program, world = speak(cast, *WRITES), World(cast)
        known: dict[str, str] = {}
        newest = program.get(f"{LIST}?$orderby=lastUpdateDateTime desc&$top=1").values
        since = newest[0]["lastUpdateDateTime"] if newest else "2000-01-01T00:00:00Z"
        for step in [*steps, *["page"] * 10]:
            if step != "page":
                world.run(step)
                continue
            query = f"$filter=lastUpdateDateTime gt {since}&$orderby=lastUpdateDateTime&$top={size}"
            for found in program.get(f"{LIST}?{query}").values:
                known[found["id"]], since = found["@odata.etag"], found["lastUpdateDateTime"]
    assert world.versions.items() <= {name: int(tag[3:-1]) for name, tag in known.items()}.items()


def consumer(cast: Cast) -> Consumer:
    return Consumer.objects.of_tenant(cast.customer.id).get()


def test_fetch_stands_in_the_ledger_once_it_was_sent(queue: Cast, program: Speaker) -> None:
    newest = program.get(f"{LIST}?$orderby=lastUpdateDateTime&$top=2").values[-1]["lastUpdateDateTime"]
    first = consumer(queue)
    assert (first.feed, first.last_count, first.failures) == ("graph_alerts", 2, 0)
    assert first.covered_until == first.newest_at == datetime.fromisoformat(newest)
    program.get(f"{LIST}?$filter=lastUpdateDateTime ge {newest}")
    newest_at = consumer(queue).newest_at
    assert newest_at is not None
    assert newest_at > NOW
    assert consumer(queue).covered_until == newest_at
    program.get(f"{LIST}?$filter=severity eq 'high'")
    assert (consumer(queue).last_count, consumer(queue).covered_until) == (1, newest_at)


def test_fetch_that_cannot_be_served_stands_in_the_ledger(queue: Cast, program: Speaker) -> None:
    assert program.get(f"{LIST}?$skiptoken=x").status == 400
    assert (consumer(queue).failures, consumer(queue).last_error) == (1, "invalid_input")


def test_consumer_that_was_sent_back_begins_there(queue: Cast, program: Speaker) -> None:
    poll = f"{LIST}?$filter=lastUpdateDateTime gt 2026-03-10T09:30:00Z&$orderby=lastUpdateDateTime&$top=2"
    assert program.get(poll).values == []
    Consumer.objects.of_tenant(queue.customer.id).update(replay_from=NOW - timedelta(days=1))
    assert [ids(page) for page in pages(program, poll)] == [["da1", "da2"], ["da3"]]
    assert consumer(queue).replay_from is None
    assert program.get(poll).values == []


@pytest.mark.django_db(transaction=True)
def test_two_who_change_what_both_saw_never_overwrite_each_other() -> None:
    with standing_at(NOW):
        cast = make_cast()
        fill_queues(cast)
        program = speak(cast, *WRITES)
    begin, statuses = threading.Barrier(4), []

    def change(name: str) -> None:
        with standing_at(NOW):
            begin.wait(10)
            said = Speaker(program.program, program.header).patch(
                f"{LIST}/da1", {"assignedTo": name}, If_Match='W/"1"'
            )
            statuses.append(said.status)
        connection.close()

    threads = [threading.Thread(target=change, args=(f"analyst-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [200, 412, 412, 412]
