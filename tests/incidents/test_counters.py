"""What is kept of how much is open is what there is, after whatever was done, by however many at once."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, Cast, import_all, make_cast
from tests.connectors.samples import graph_alert, graph_incident
from tests.incidents.hiding import let_analyst_into_other, queues, write_queue
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.config.commands.counters import counters
from tidegate.core.clock import standing_at
from tidegate.core.errors import TidegateError
from tidegate.gate.opening import open_many
from tidegate.incidents import queries
from tidegate.incidents.actions import changes, comments, moving, updates
from tidegate.incidents.actions.hand_over import hand_over
from tidegate.incidents.actions.undoing import remember, undo
from tidegate.incidents.counters.recounting import Difference, find_differences, recount
from tidegate.incidents.models import Alert, Incident, QueueCounter
from tidegate.incidents.queue import count_views
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

NUMBERS = (1, 2, 3)
ALERTS = ("a1", "a2", "a3", "a4")
STATUSES = ("new", "active", "inProgress", "awaitingAction", "resolved", "redirected")
slow = settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
)

number, wire = st.sampled_from(NUMBERS), st.sampled_from(ALERTS)
status, severity = st.sampled_from(STATUSES), st.sampled_from(["low", "high", "unknown"])
hour = st.integers(0, 9)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("import"), number, st.lists(wire, max_size=3, unique=True), severity, status, hour),
        st.tuples(st.just("alone"), wire, severity, status, hour),
        st.tuples(st.just("stand"), number, status),
        st.tuples(st.just("stand alert"), wire, status),
        st.tuples(st.just("assign"), number, st.booleans()),
        st.tuples(st.just("assign alert"), wire, st.booleans()),
        st.tuples(st.just("name"), number, st.sampled_from(["", "free text"])),
        st.tuples(st.just("undo"), number, status),
        st.tuples(st.just("move"), wire, number),
        st.tuples(st.just("merge"), number, number),
        st.tuples(st.just("hand over")),
        st.tuples(st.just("comment"), wire),
    ),
    min_size=4,
    max_size=14,
)


class Acting:
    """Does what was drawn in the customer, as its lead."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.scope = cast.enter("lead")
        self.own = cast.user("lead").id

    def act(self, step: tuple[Any, ...]) -> None:
        """Do one thing; what is refused changes nothing."""
        what, *values = step
        with suppress(TidegateError):
            getattr(self, what.replace(" ", "_"))(*values)

    def alone(self, wire: str, severity: str, status: str, hour: int) -> None:
        import_all(self.cast.customer, [_alert(wire, None, severity, status, hour)])

    def assign(self, number: int, to_lead: bool) -> None:  # noqa: FBT001  drawn
        changes.assign_incident(self.scope, number, user_id=self.own if to_lead else None)

    def assign_alert(self, wire: str, to_lead: bool) -> None:  # noqa: FBT001  drawn
        changes.assign_alert(self.scope, wire, user_id=self.own if to_lead else None)

    def comment(self, wire: str) -> None:
        comments.comment_alert(self.scope, wire, "Seen")

    def hand_over(self) -> None:
        taker = self.cast.user("analyst").id
        hand_over(self.scope, from_user_id=self.own, to_user_id=taker, justification="Leaves")

    def merge(self, one: int, other: int) -> None:
        moving.merge_incidents(self.scope, [one], into=other, reason="sameAttack")

    def move(self, wire: str, number: int) -> None:
        moving.move_alerts(self.scope, [wire], to=number, reason="sameAttack")

    def name(self, number: int, text: str) -> None:
        updates.update_incident(self.scope, number, updates.Update(assigned_to=text))

    def stand(self, number: int, status: str) -> None:
        changes.set_incident_status(self.scope, number, status)

    def stand_alert(self, wire: str, status: str) -> None:
        changes.set_alert_status(self.scope, wire, status)

    def undo(self, number: int, status: str) -> None:
        was = remember(self.scope, "status", queries.get_incident(self.scope, number))
        changes.set_incident_status(self.scope, number, status)
        undo(self.scope, "status", was)


def _import(self: Acting, number: int, wires: list[str], severity: str, status: str, hour: int) -> None:
    alerts = [_alert(wire, str(number), severity, status, hour) for wire in wires]
    told = {"severity": severity, "status": status, "lastUpdateDateTime": _at(hour)}
    import_all(self.cast.customer, [graph_incident(*alerts, id=str(number), **told)])


setattr(Acting, "import", _import)


def _at(hour: int) -> str:
    return f"2026-03-05T0{hour}:00:00Z"


def _alert(wire: str, incident: str | None, severity: str, status: str, hour: int) -> dict[str, Any]:
    told = {"severity": severity, "status": status, "lastUpdateDateTime": _at(hour), "evidence": []}
    return graph_alert(id=wire, incidentId=incident, **told)


class TestCounters(TestCase):
    @slow
    @given(actions)
    def test_counters_are_what_a_recount_finds_whatever_was_done(self, steps: list[tuple[Any, ...]]) -> None:
        with standing_at(NOW):
            acting = Acting(make_cast())
            import_all(acting.cast.other, [graph_incident(graph_alert(id="a1", incidentId="1"), id="1")])
            for place in NUMBERS:
                acting.act(("import", place, [f"a{place}"], "high", "active", 0))
            acting.act(("alone", "a4", "low", "new", 0))
            for step in steps:
                acting.act(step)
                assert find_differences() == [], step

    @settings(slow, max_examples=8)
    @given(queues(), queues())
    def test_sums_leave_out_what_is_hidden(self, one: Any, other: Any) -> None:
        with standing_at(NOW):
            cast = make_cast()
            scope = let_analyst_into_other(cast)
            write_queue(cast.enter("admin"), cast.customer, one, "Tier 1")
            write_queue(scope, cast.other, other, "Tier 1")
            incidents = open_many(cast.actor("analyst"), Permission.INCIDENT_READ)
            alerts = open_many(cast.actor("analyst"), Permission.ALERT_READ)
            check_sums(incidents, alerts)
            part = cast.enter("analyst")
            check_sums(part, part)


def check_sums(incidents: Scope | ManyScope, alerts: Scope | ManyScope) -> None:
    """Whatever is summed is what counting the rows gives."""
    found = seen_incidents(incidents).filter(status__in=OPEN_INCIDENT)
    counted = queries.count_open(incidents, alerts)
    assert counted.incidents == found.count()
    assert counted.alerts == seen_alerts(alerts).filter(status__in=OPEN_ALERT).count()
    views = count_views(incidents)
    assert views.high == found.filter(severity=Severity.HIGH).count()
    assert views.unassigned == found.filter(assigned_to="").count()
    if isinstance(incidents, ManyScope):
        by_tenant: dict[Any, dict[Any, int]] = {}
        for tenant_id, level in found.values_list("tenant_id", "severity"):
            counts = by_tenant.setdefault(tenant_id, {})
            counts[level] = counts.get(level, 0) + 1
        assert queries.count_open_by_tenant(incidents) == by_tenant


def test_wrong_counter_is_found_and_repaired(cast: Cast) -> None:
    import_all(cast.customer, [graph_incident(graph_alert(), graph_alert(id="b"))])
    import_all(cast.other, [graph_incident(graph_alert())])
    rows = QueueCounter.objects.of_tenant(cast.customer.id)
    rows.update(open_alerts_medium=7)
    tid = str(cast.customer.id)
    assert find_differences() == [Difference(cast.customer.id, "open_alerts_medium", 7, 2)]
    assert find_differences(cast.other.id) == []
    told = CliRunner().invoke(counters, ["verify", "--tid", tid])
    assert (told.exit_code, told.output.splitlines()) == (
        1,
        [f"{tid}  open_alerts_medium  kept 7, counted 2", "1 different"],
    )
    assert CliRunner().invoke(counters, ["verify", "--repair"]).exit_code == 0
    assert (rows.get().open_alerts_medium, find_differences()) == (2, [])
    assert CliRunner().invoke(counters, ["verify"]).output == "All counters are right.\n"


def test_counter_that_is_missing_is_found(cast: Cast) -> None:
    import_all(cast.customer, [graph_incident(graph_alert())])
    QueueCounter.objects.of_tenant(cast.customer.id).delete()
    assert {one.column for one in find_differences(repair=True)} == {
        *("open_incidents_high", "unassigned_incidents", "open_alerts_medium", "unassigned_alerts")
    }
    assert find_differences() == []


def test_who_may_not_enter_is_counted_nothing(cast: Cast, now: None) -> None:
    import_all(cast.customer, [graph_incident(graph_alert())])
    for name, expected in (("analyst", 1), ("outsider", 0), ("helper", 0)):
        incidents, alerts = (
            open_many(cast.actor(name), permission)
            for permission in (Permission.INCIDENT_READ, Permission.ALERT_READ)
        )
        counted = queries.count_open(incidents, alerts)
        assert (counted.incidents, counted.alerts) == (expected, expected), name


def test_sum_of_many_tenants_takes_no_statement_for_each(
    cast: Cast, now: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    import_all(cast.customer, [graph_incident(graph_alert())])
    incidents = open_many(cast.actor("analyst"), Permission.INCIDENT_READ)
    alerts = open_many(cast.actor("analyst"), Permission.ALERT_READ)
    assert not incidents.sight.hides
    # One before asks how much there is to read.
    with django_assert_num_queries(2):
        queries.count_open(incidents, alerts)


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_lose_no_count() -> None:
    cast = make_cast()
    made = [graph_incident(graph_alert(id=f"s{n}", incidentId=str(n)), id=str(n)) for n in range(1, 5)]
    import_all(cast.customer, made)
    begin, failures = threading.Barrier(4), list[BaseException]()

    def work(place: int) -> None:
        try:
            with standing_at(NOW):
                write(place)
        except BaseException as error:  # noqa: BLE001  it is raised by who waits for the thread
            failures.append(error)
        finally:
            connection.close()

    def write(place: int) -> None:
        scope = cast.enter("lead")
        begin.wait(10)
        for turn in range(4):
            if place % 2:
                records = [graph_alert(id=f"n{place}.{turn}.{k}", incidentId=str(1 + k)) for k in range(4)]
                import_all(cast.customer, records)
            else:
                wanted = "resolved" if turn % 2 == 0 else "active"
                changes.set_incident_status(scope, 1 + (place + turn) % 4, wanted)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert find_differences() == []
    kept = QueueCounter.objects.of_tenant(cast.customer.id).get()
    counted = recount()[cast.customer.id]
    assert (kept.open_alerts_medium, kept.open_incidents_high) == (
        counted["open_alerts_medium"],
        counted["open_incidents_high"],
    )
    assert Alert.objects.of_tenant(cast.customer.id).count() == 4 + 2 * 4 * 4
    assert Incident.objects.of_tenant(cast.customer.id).count() == 4
