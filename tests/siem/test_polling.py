"""Whoever polls misses nothing, whenever it is committed, and can tell what they had before."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.applications import make_program
from tests.cast import NOW, Cast, import_all, make_cast
from tests.connectors.samples import graph_alert, read_one
from tests.siem.programs import DEVICE, Speaker, read, speak
from tidegate.authorization.api_permissions import Resource
from tidegate.connectors.records import AlertRecord
from tidegate.core.clock import standing_at
from tidegate.feeds.limits import Limit
from tidegate.feeds.models import Consumer, Gap
from tidegate.feeds.words import Family
from tidegate.incidents.intake.writing import take_in
from tidegate.incidents.models import Alert, ChangeClock, Detection, Incident

NAMES = ("a", "b", "c", "d", "e", "f")

commits = st.tuples(
    st.just("commit"),
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 5), st.integers(1, 2)), min_size=1, max_size=4),
    st.integers(-90, 90),
)
polls: st.SearchStrategy[Any] = st.tuples(st.just("poll"), st.just([]), st.integers(0, 90))


class Poller:
    """Asks again from the last time that it saw, and drops what it had."""

    def __init__(self, siem: Speaker) -> None:
        self.siem = siem
        self.last = "2026-03-10T00:00:00Z"
        self.seen: dict[tuple[str, str], str] = {}
        self.alerts: list[str] = []

    def poll(self) -> None:
        for body in read(self.siem.get("/api/alerts", sinceTimeUtc=self.last)):
            key = body["FullId"], body["LastProcessedTimeUtc"]
            assert body["LastProcessedTimeUtc"] >= self.last
            if body["AlertId"] not in self.alerts:
                self.alerts.append(body["AlertId"])
            self.seen[key] = body["AlertTitle"]
            self.last = body["LastProcessedTimeUtc"]


def tell(name: str, version: int, devices: int) -> dict[str, Any]:
    # Machines of their own, by every name: none joins the incident of another.
    names = [f"{name}{n}" for n in range(devices)]
    evidence = [
        DEVICE | {"mdeDeviceId": one, "azureAdDeviceId": None, "deviceDnsName": f"{one}.example"}
        for one in names
    ]
    at = f"2026-03-0{version}T10:00:00Z"
    return graph_alert(
        id=name, incidentId=None, title=f"{name} {version}", lastUpdateDateTime=at, evidence=evidence
    )


def standing_rows(cast: Cast) -> dict[tuple[str, str], str]:
    rows = Detection.objects.of_tenant(cast.customer.id).select_related("alert")
    return {
        (row.full_id, row.processed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")): row.alert.title
        for row in rows
    }


@pytest.mark.slow
@with_settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(st.one_of(commits, polls), max_size=12))
def test_a_poller_has_everything_whatever_the_clocks(cast: Cast, steps: list[Any]) -> None:
    """Servers' clocks differ by up to a minute and a half; commits and polls come in any order."""
    with transaction.atomic(), standing_at(NOW):
        poller = Poller(speak(cast, Resource.SIEM, program=make_program(cast)))
        for kind, told, offset in steps:
            with standing_at(NOW + timedelta(seconds=offset)):
                if kind == "poll":
                    poller.poll()
                else:
                    import_all(cast.customer, [tell(*each) for each in told])
        poller.poll()

        standing = standing_rows(cast)
        assert standing.items() <= poller.seen.items()
        alerts = Alert.objects.of_tenant(cast.customer.id).values_list("external_id", flat=True)
        assert sorted(poller.alerts) == sorted(alerts)
        assert not Gap.rows.exists()
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("style", ["last", "windows"])
def test_a_poller_misses_nothing_while_others_commit(style: str, settings: Settings) -> None:
    """What takes long to commit is not passed over by what is quicker, nor by a window that ends now."""
    settings.RATE_LIMITS = dict.fromkeys(Family, Limit(0, 0))
    cast = make_cast()
    siem = speak(cast, Resource.SIEM)
    done = threading.Event()
    failed: list[BaseException] = []

    def write(writer: int) -> None:
        for number in range(6):
            record = read_one(tell(f"w{writer}-{number}", 1, 1))
            assert isinstance(record, AlertRecord)
            with transaction.atomic():
                take_in(cast.customer.id, [record])
                time.sleep(0.01 * writer)

    def watch() -> None:
        poll = _poll_from_the_last(siem) if style == "last" else _poll_in_windows(siem)
        while not done.is_set():
            poll()
        found.update(poll())

    found: set[str] = set()
    watcher = _start(watch, failed)
    writers = [_start(lambda writer=writer: write(writer), failed) for writer in range(3)]  # type: ignore[misc]
    for thread in writers:
        thread.join(60)
    done.set()
    watcher.join(60)

    assert failed == []
    assert found == {f"w{writer}-{number}" for writer in range(3) for number in range(6)}
    assert Consumer.rows.get().covered_until is not None
    assert not Gap.rows.exists()
    assert (Incident.rows.count(), ChangeClock.objects.count()) == (18, 1)


def _poll_from_the_last(siem: Speaker) -> Callable[[], set[str]]:
    poller = Poller(siem)
    poller.last = "2020-01-01T00:00:00Z"

    def poll() -> set[str]:
        poller.poll()
        return set(poller.alerts)

    return poll


def _poll_in_windows(siem: Speaker) -> Callable[[], set[str]]:
    """Each window begins when the one before was asked for; the windows are all that is known of time."""
    seen: set[str] = set()
    since = [datetime(2020, 1, 1, tzinfo=UTC)]

    def poll() -> set[str]:
        asked = datetime.now(UTC)
        seen.update(
            body["AlertId"] for body in read(siem.get("/api/alerts", sinceTimeUtc=since[0].isoformat()))
        )
        since[0] = asked
        return seen

    return poll


def _start(work: Callable[[], None], failed: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  it is reported by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
