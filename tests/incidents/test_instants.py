"""When something changed: programs that ask for what came after the last instant they saw miss nothing."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from tests.cast import NOW, Cast, import_all, make_cast
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.core.clock import standing_at
from tidegate.incidents.actions.changes import set_alert_status
from tidegate.incidents.actions.comments import comment_alert, comment_incident
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Alert, Incident

LATE = {"createdDateTime": "2026-03-02T10:00:00Z", "lastUpdateDateTime": "2026-03-02T10:00:00Z"}


def instants(cast: Cast) -> list[datetime]:
    alerts = Alert.objects.of_tenant(cast.customer.id).values_list("last_update_at", flat=True)
    incidents = Incident.objects.of_tenant(cast.customer.id).values_list("last_update_at", flat=True)
    return sorted([*alerts, *incidents])


def test_instants_differ_whatever_the_clock_says(cast: Cast) -> None:
    with transaction.atomic():
        with standing_at(NOW):
            first = [*take_instants(cast.customer.id, 3), *take_instants(cast.customer.id, 1)]
        with standing_at(NOW - timedelta(days=1)):
            first += take_instants(cast.customer.id, 1)
    assert first == [NOW + timedelta(microseconds=number) for number in range(5)]


def test_what_was_taken_in_late_changed_when_it_came(cast: Cast) -> None:
    with standing_at(NOW):
        import_all(cast.customer, [graph_incident(graph_alert(), graph_alert(id="da2"))])
        seen = instants(cast)
    with standing_at(NOW + timedelta(minutes=1)):
        import_all(cast.customer, [graph_alert(id="late", incidentId="41", **LATE)])
    changed = [instant for instant in instants(cast) if instant > seen[-1]]
    assert len(set(seen)) == 3
    assert len(changed) == 2
    assert {*Incident.objects.of_tenant(cast.customer.id).values_list("last_update_at", flat=True)} < {
        *changed
    }


def test_a_change_of_an_alert_is_one_of_its_incident(cast: Cast, now: None) -> None:
    import_all(cast.customer, [graph_incident(graph_alert(), graph_alert(id="da2"))])
    scope = cast.enter("analyst")
    for change in (
        lambda: set_alert_status(scope, "da1", "inProgress"),
        lambda: comment_alert(scope, "da1", "Seen"),
        lambda: comment_incident(scope, 41, "Seen"),
    ):
        before = instants(cast)[-1]
        change()
        assert Incident.objects.of_tenant(cast.customer.id).get().last_update_at > before
    assert Incident.objects.of_tenant(cast.customer.id).get().worked_at is None


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_committed_later_has_a_later_instant() -> None:
    cast = make_cast()
    taken, go_on = threading.Event(), threading.Event()
    slow: list[datetime] = []
    quick: list[datetime] = []

    def take_slowly() -> None:
        with standing_at(NOW), transaction.atomic():
            slow.extend(take_instants(cast.customer.id, 1))
            taken.set()
            go_on.wait(10)
        connection.close()

    def take_quickly() -> None:
        with standing_at(NOW - timedelta(hours=1)), transaction.atomic():
            quick.extend(take_instants(cast.customer.id, 1))
        connection.close()

    threads = [threading.Thread(target=take_slowly), threading.Thread(target=take_quickly)]
    threads[0].start()
    assert taken.wait(10)
    threads[1].start()
    threads[1].join(0.3)
    assert quick == []
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert slow < quick
