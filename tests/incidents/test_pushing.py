"""Alerts pushed at once: each push is told, and leaves, what it would have been had it come alone."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, Cast, make_cast, scope_with
from tests.connectors.samples import as_lines, graph_alert, graph_incident
from tests.devices.making import device_evidence
from tests.incidents.correlating import DAY, made, together
from tidegate.audit.actions import append_all
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import verify_chain
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.connectors.reading import RecordReader
from tidegate.connectors.records import Rejected
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.core.together import Take
from tidegate.devices.models import Device, Identity
from tidegate.directory.models import Tenant
from tidegate.incidents.actions import pushing
from tidegate.incidents.actions.pushing import Push, push_alerts
from tidegate.incidents.intake.batch import Counts, Taken
from tidegate.incidents.intake.writing import lock_intake
from tidegate.incidents.models import (
    Alert,
    Comment,
    Correlation,
    CorrelationKey,
    Detection,
    Evidence,
    Incident,
    Indicator,
    QueueCounter,
)

type Records = Sequence[dict[str, Any]]


def make_push(tenant: Tenant, records: Records) -> Push:
    read = [one for one in RecordReader(BytesIO(as_lines(records))) if not isinstance(one, Rejected)]
    return Push(scope_with(tenant, Permission.ALERT_IMPORT), read)


def write_at_once(tenant: Tenant, pushes: Sequence[Records]) -> list[Taken]:
    made = [make_push(tenant, records) for records in pushes]
    return pushing._write_waiting(tenant.id, lambda: made)


def write_in_turn(tenant: Tenant, pushes: Sequence[Records]) -> list[Taken]:
    return [write_at_once(tenant, [records])[0] for records in pushes]


class Named:
    """Everything of a tenant by the names that its sources and people know, without ids and instants."""

    _LEFT_OUT = (
        "id", "tenant_id", "device_group_id", "last_update_at", "processed_at", "waits", "at",
        # Of texts with the tenant's id in them.
        "digest",
    )  # fmt: skip
    _TOLD_WHEN = ("lastUpdateDateTime", "LastProcessedTimeUtc")

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self.incidents = {row.id: row.number for row in Incident.objects.of_tenant(tenant.id)}
        self.alerts = {row.id: row.external_id for row in Alert.objects.of_tenant(tenant.id)}
        self._devices = {row.id: row.key for row in Device.objects.of_tenant(tenant.id)}
        self._identities = {row.id: row.key for row in Identity.objects.of_tenant(tenant.id)}

    def tell(self, taken: Taken) -> dict[str, Any]:
        return {
            "counts": asdict(taken.counts),
            "new": [self.alerts[id_] for id_ in taken.new_alert_ids],
            "changed": [self.alerts[id_] for id_ in taken.changed_alert_ids],
            "worse": [self.alerts[id_] for id_ in taken.worse_alert_ids],
            "new incidents": sorted(self.incidents[id_] for id_ in taken.new_incident_ids),
            "changed incidents": sorted(self.incidents[id_] for id_ in taken.changed_incident_ids),
            "correlated": taken.correlated,
        }

    def tables(self) -> dict[str, list[str]]:
        models: list[type[Model]] = [
            Incident, Alert, Evidence, Comment, Device, Identity, Indicator, CorrelationKey, Correlation,
            Detection, QueueCounter,
        ]  # fmt: skip
        return {model.__name__: sorted(self._rows(model)) for model in models}

    def _rows(self, model: Any) -> Iterator[str]:
        for row in model.objects.of_tenant(self._tenant.id).values():
            named = {name: value for name, value in row.items() if name not in self._LEFT_OUT}
            for name, names in (
                ("alert_id", self.alerts),
                ("other_id", self.alerts),
                ("incident_id", self.incidents),
                ("device_id", self._devices),
                ("identity_id", self._identities),
            ):
                if name in row:
                    named[name] = names.get(row[name])
            for name in {"document", "body"} & row.keys():
                named[name] = {
                    key: value for key, value in json.loads(row[name]).items() if key not in self._TOLD_WHEN
                }
            yield json.dumps(named, sort_keys=True, default=str).replace(str(self._tenant.id), "tenant")


TIMES = ("2026-03-03T10:00:00Z", "2026-03-04T10:00:00Z", "2026-03-05T10:00:00Z")
drawn_alert = st.builds(
    lambda name, incident, devices, users, hours, changes: made(
        name, *devices, users=users, hours=hours, incidentId=incident, **changes
    ),
    st.sampled_from("abcdef"),
    st.sampled_from([None, None, None, "41", "7", "name"]),
    st.lists(st.sampled_from(["pc-1", "pc-2"]), max_size=2, unique=True),
    st.lists(st.sampled_from(["ann"]), max_size=1),
    st.sampled_from([0, 3, 50]),
    st.fixed_dictionaries(
        {
            "severity": st.sampled_from(["low", "high"]),
            "status": st.sampled_from(["new", "new", "resolved"]),
            "lastUpdateDateTime": st.sampled_from(TIMES),
            "title": st.sampled_from(["One", "Other"]),
        }
    ),
)
drawn_incident = st.builds(
    lambda id_, alerts, at: graph_incident(*alerts, id=id_, lastUpdateDateTime=at),
    st.sampled_from(["41", "8"]),
    st.lists(drawn_alert, max_size=2),
    st.sampled_from(TIMES),
)
drawn_push = st.lists(
    st.one_of(drawn_alert, drawn_alert, drawn_alert, drawn_incident), min_size=1, max_size=2
)


class TestAnyPushes(TestCase):
    @settings(
        max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )
    @given(st.lists(st.lists(drawn_push, min_size=1, max_size=6), min_size=1, max_size=3))
    def test_each_is_told_and_leaves_what_it_would_one_after_the_other(
        self, rounds: list[list[Records]]
    ) -> None:
        with standing_at(NOW):
            cast = make_cast()
            for pushes in rounds:
                at_once = write_at_once(cast.customer, pushes)
                in_turn = write_in_turn(cast.other, pushes)
                here, there = Named(cast.customer), Named(cast.other)
                assert list(map(here.tell, at_once)) == list(map(there.tell, in_turn))
                assert here.tables() == there.tables()
            assert together(cast.customer) == together(cast.other)
            assert list_events(cast.customer) == list_events(cast.other)


def list_events(tenant: Tenant) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.of_tenant(tenant.id).filter(tag="alerts.imported").order_by("sequence")
    counts = [json.loads(row.details) for row in rows]
    return [{name: told[name] for name in Counts.__slots__} for told in counts]


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestRounds:
    def test_several_that_nothing_keeps_apart_take_no_more_statements_than_one(self, cast: Cast) -> None:
        write_at_once(cast.customer, [[made("first", "pc-0")]])

        def count(*pushes: Records) -> int:
            with CaptureQueriesContext(connection) as captured:
                write_at_once(cast.customer, pushes)
            # Rows go in one by one or at once, by their number and by the engine.
            asked = [query["sql"] for query in captured.captured_queries]
            return sum("INSERT INTO" not in sql and not sql.startswith("COPY") for sql in asked)

        one = count([made("a", "pc-1")])
        assert count(*([made(f"b{n}", f"ws-{n}")] for n in range(9))) <= one

    def test_a_second_push_joins_the_incident_that_the_first_begins(self, cast: Cast) -> None:
        first, second = write_at_once(cast.customer, [[made("a", "pc-1")], [made("b", "pc-1")]])
        assert first.counts == Counts(created=1, incidents_created=1)
        assert second.counts == Counts(created=1)
        assert (second.new_incident_ids, second.changed_incident_ids) == ([], first.new_incident_ids)
        assert (first.correlated, [one["alert"] for one in second.correlated]) == ([], ["b"])

    def test_one_alert_told_twice_is_new_to_the_first_alone(self, cast: Cast) -> None:
        newer = graph_alert(severity="high", lastUpdateDateTime="2026-03-06T10:00:00Z")
        taken = write_at_once(cast.customer, [[graph_alert()], [graph_alert()], [newer]])
        assert [one.counts for one in taken] == [
            Counts(created=1, incidents_created=1),
            Counts(unchanged=1),
            Counts(updated=1),
        ]
        assert taken[2].worse_alert_ids == taken[0].new_alert_ids
        # What changed nothing is not told of.
        assert len(list_events(cast.customer)) == 2

    def test_an_incident_that_is_named_and_left_empty_is_told_of_by_who_named_it(self, cast: Cast) -> None:
        named = [graph_alert(id="b", incidentId=number) for number in ("41", "7")]
        first, second = write_at_once(cast.customer, [[graph_alert(id="a", incidentId="5")], named])
        assert (first.counts.incidents_created, second.counts.incidents_created) == (1, 2)
        rows = Incident.objects.of_tenant(cast.customer.id).filter(id__in=second.new_incident_ids)
        assert sorted(rows.values_list("number", "alert_count")) == [(7, 1), (41, 0)]

    def test_numbers_are_given_in_the_order_in_which_pushes_came(self, cast: Cast) -> None:
        pushes = [
            [graph_alert(id=f"a{place}", incidentId=named)] for place, named in enumerate(("7", None, "8"))
        ]
        write_at_once(cast.customer, pushes)
        rows = Alert.objects.of_tenant(cast.customer.id).order_by("external_id")
        # The second got the number after the first one's, which the third would have liked.
        assert list(rows.values_list("incident__number", flat=True)) == [7, 8, 9]

    def test_an_older_sight_of_a_device_in_a_later_push_tells_nothing_of_it(self, cast: Cast) -> None:
        older = made("b", hours=5) | {"evidence": [{**device_evidence("pc-1"), "osBuild": "19045"}]}
        write_at_once(cast.customer, [[made("a", "pc-1", hours=10)], [older]])
        device = Device.objects.of_tenant(cast.customer.id).get()
        assert (device.os_build, device.first_seen_at) == ("", DAY + timedelta(hours=5))

    def test_each_push_has_an_event_of_its_own_sender(self, cast: Cast) -> None:
        pushes = [
            Push(cast.enter(who), make_push(cast.customer, [graph_alert(id=who)]).records)
            for who in ("admin", "analyst")
        ]
        pushing._write_waiting(cast.customer.id, lambda: pushes)
        rows = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="alerts.imported")
        told = {row.actor_name: json.loads(row.details)["new_alert_ids"] for row in rows}
        alerts = {row.external_id: str(row.id) for row in Alert.objects.of_tenant(cast.customer.id)}
        assert told == {"Admin": [alerts["admin"]], "Analyst": [alerts["analyst"]]}
        assert verify_chain(cast.customer.id).faults == ()

    def test_within_a_transaction_nobody_waits_for_others(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pushing, "_LINES", None)
        scope = scope_with(cast.customer, Permission.ALERT_IMPORT)
        assert push_alerts(scope, as_lines([graph_alert()])).counts.created == 1

    def test_what_may_not_push_or_cannot_be_read_waits_for_nothing(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pushing, "_write", lambda _push: pytest.fail("it was written"))
        with pytest.raises(Forbidden):
            push_alerts(cast.enter("reader"), as_lines([graph_alert()]))
        with pytest.raises(InvalidInput):
            push_alerts(scope_with(cast.customer, Permission.ALERT_IMPORT), b"{")


class Pushing:
    """Threads that push one alert each while the tenant is kept from taking in anything."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rounds: list[list[Push]] = []
        self.answers: dict[str, Any] = {}
        self._threads: list[threading.Thread] = []
        write = pushing._write_waiting

        def watch(tenant_id: Any, take: Take[Push]) -> list[Taken]:
            def told() -> list[Push]:
                pushes = take()
                self.rounds.append(pushes)
                return pushes

            return write(tenant_id, told)

        monkeypatch.setattr(pushing._LINES, "_write", watch)

    def add(self, scope: Scope, name: str, record: dict[str, Any]) -> None:
        self._threads.append(threading.Thread(target=self._push, args=(scope, name, record)))
        self._threads[-1].start()

    def wait_in_line(self, scope: Scope, number: int) -> None:
        ends = time.monotonic() + 10
        while len(pushing._LINES._lines.get(scope.tenant_id, ())) < number:
            assert time.monotonic() < ends
            time.sleep(0.002)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()
        assert pushing._LINES._lines == {}

    def _push(self, scope: Scope, name: str, record: dict[str, Any]) -> None:
        try:
            with standing_at(NOW):
                self.answers[name] = push_alerts(scope, as_lines([record])).counts
        except Exception as error:  # noqa: BLE001  it is what the test asks about
            self.answers[name] = error
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_a_tenant_is_taken_in_together_and_apart_from_anothers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with standing_at(NOW):
        cast = make_cast()
    ours, theirs = (scope_with(tenant, Permission.ALERT_IMPORT) for tenant in (cast.customer, cast.other))
    running = Pushing(monkeypatch)
    with transaction.atomic():
        lock_intake(cast.customer.id)
        lock_intake(cast.other.id)
        for number in range(6):
            running.add(ours, f"ours {number}", made(f"a{number}", f"pc-{number}"))
            running.wait_in_line(ours, number + 1)
        for number in range(3):
            running.add(theirs, f"theirs {number}", made(f"a{number}", f"pc-{number}"))
            running.wait_in_line(theirs, number + 1)
    running.join()
    assert len(running.answers) == 9
    assert set(map(repr, running.answers.values())) == {repr(Counts(created=1, incidents_created=1))}
    assert sorted(map(len, running.rounds)) == [3, 6]
    for pushes in running.rounds:
        assert len({push.scope.tenant_id for push in pushes}) == 1
    for tenant, number in ((cast.customer, 6), (cast.other, 3)):
        assert Alert.objects.of_tenant(tenant.id).count() == number
        assert len(list_events(tenant)) == number
        assert verify_chain(tenant.id).faults == ()


@pytest.mark.django_db(transaction=True)
def test_a_push_that_fails_takes_none_of_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with standing_at(NOW):
        cast = make_cast()
    scope = scope_with(cast.customer, Permission.ALERT_IMPORT)
    running = Pushing(monkeypatch)

    def fail(tenant_id: Any, happenings: Any) -> Any:
        # The last step of all: whatever came in is written by then.
        events = append_all(tenant_id, happenings)
        if Alert.objects.of_tenant(tenant_id).filter(external_id="bad").exists():
            raise LookupError
        return events

    monkeypatch.setattr(pushing, "append_all", fail)
    with transaction.atomic():
        lock_intake(cast.customer.id)
        for number, name in enumerate(("a", "bad", "c", "d")):
            running.add(scope, name, made(name, f"pc-{number}"))
            running.wait_in_line(scope, number + 1)
    running.join()
    assert isinstance(running.answers.pop("bad"), LookupError)
    assert running.answers == dict.fromkeys("acd", Counts(created=1, incidents_created=1))
    assert set(Alert.rows.values_list("external_id", flat=True)) == {"a", "c", "d"}
    assert len(list_events(cast.customer)) == 3
    assert verify_chain(cast.customer.id).faults == ()
