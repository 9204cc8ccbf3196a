"""Looking at the queue: what a filter leaves, what a scope hides, and how many statements it takes."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, graph_incident
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput, NotFound
from tidegate.core.paging import take_page
from tidegate.devices.models import Device
from tidegate.gate.opening import open_many
from tidegate.incidents import queries
from tidegate.incidents.actions.changes import assign_incident
from tidegate.incidents.actions.comments import comment_alert
from tidegate.incidents.actions.imports import start_import
from tidegate.incidents.filters import Filter, read_filter
from tidegate.incidents.words import AlertStatus, IncidentStatus, Severity

pytestmark = pytest.mark.usefixtures("now")

DEVICE = {"@odata.type": TYPE + "deviceEvidence", "mdeDeviceId": "d1", "deviceDnsName": "pc1"}
RECENT = {"lastActivityDateTime": "2026-03-10T08:30:00Z"}


def make_queue(cast: Cast) -> None:
    one = graph_alert(id="a1", evidence=[DEVICE], category="Malware")
    two = graph_alert(id="a2", evidence=[DEVICE], serviceSource="microsoftSentinel", **RECENT)
    three = graph_alert(id="a3", evidence=[], status="resolved")
    incidents = [
        graph_incident(one, id="1", severity="high"),
        graph_incident(two, id="2", severity="low", status="resolved", displayName="100% certain_"),
        graph_incident(three, id="3", severity="medium", status="inProgress"),
    ]
    import_all(cast.customer, incidents)
    theirs = (graph_incident(graph_alert(id=f"a{n}"), id=str(n), severity="high") for n in (1, 2, 9))
    import_all(cast.other, list(theirs))


@pytest.fixture
def queue(cast: Cast) -> Cast:
    make_queue(cast)
    return cast


def numbers(scope: Scope, values: Mapping[str, str]) -> list[int]:
    rows = queries.list_incidents(scope, read_filter(values, IncidentStatus))
    return sorted(row.number for row in rows)


def ids(scope: Scope, values: Mapping[str, str]) -> list[str]:
    rows = queries.list_alerts(scope, read_filter(values, AlertStatus))
    return sorted(row.external_id for row in rows)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"severity": "high"}, [1]),
        ({"severity": "high,low"}, [1, 2]),
        ({"status": "open"}, [1, 3]),
        ({"status": "open,resolved"}, [1, 2, 3]),
        ({"status": "resolved"}, [2]),
        ({"assigned": "none"}, [1, 2, 3]),
        ({"assigned": "me"}, []),
        ({"category": "MALWARE"}, [1]),
        ({"source": "microsoftsentinel"}, [2]),
        ({"since": "1h"}, [2]),
        ({"since": "30d"}, [1, 2, 3]),
        ({"q": "certain"}, [2]),
        ({"q": "0% c"}, [2]),
        ({"q": "%"}, [2]),
        ({"q": "n_"}, [2]),
        ({"q": "3"}, [3]),
        ({"q": "9"}, []),
        ({"q": "9" * 200}, []),
        ({"q": "' OR 1=1 --"}, []),
        ({"q": "\u0663"}, []),
        ({"severity": "high", "status": "resolved"}, []),
    ],
)
def test_a_filter_leaves_what_it_says(queue: Cast, values: dict[str, str], expected: list[int]) -> None:
    assert numbers(queue.enter("reader"), values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["a1", "a2", "a3"]),
        ({"status": "open"}, ["a1", "a2"]),
        ({"source": "microsoftSentinel"}, ["a2"]),
        ({"q": "a3"}, ["a3"]),
        ({"q": "odd SIGN"}, ["a1", "a2", "a3"]),
        ({"category": "malware"}, ["a1"]),
    ],
)
def test_a_filter_of_alerts_too(queue: Cast, values: dict[str, str], expected: list[str]) -> None:
    assert ids(queue.enter("reader"), values) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("severity", "HIGH"),
        ("severity", "high,worse"),
        ("status", "new"),
        ("status", "\0"),
        ("assigned", "you"),
        ("assigned", "{11111111-1111-4111-8111-111111111111}"),
        ("since", "5d"),
        ("sort", "name"),
        ("q", "x" * 201),
        ("q", "a\0"),
        ("category", "x" * 65),
        ("source", "\0"),
    ],
)
def test_a_bad_filter_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_filter({name: value}, IncidentStatus)
    assert list(refused.value.fields) == [name]


def test_mine_is_what_was_given_to_me_in_this_tenant(queue: Cast) -> None:
    scope = queue.enter("analyst")
    assign_incident(scope, 1, user_id=scope.entry.user_id)
    assert numbers(scope, {"assigned": "me"}) == [1]
    assert numbers(scope, {"assigned": "none"}) == [2, 3]
    assert numbers(queue.enter("reader"), {"assigned": str(scope.entry.user_id)}) == [1]
    assert numbers(queue.enter("reader"), {"assigned": str(uuid.uuid4())}) == []


def test_many_tenants_are_one_queue_of_those_that_may_be_read(queue: Cast) -> None:
    analyst = open_many(queue.actor("analyst"), Permission.INCIDENT_READ)
    page = queries.page_incidents(analyst, Filter(), "")
    assert {row.tenant_id for row in page.rows} == {queue.customer.id}
    counted = queries.count_open_by_tenant(analyst)
    assert counted == {queue.customer.id: {Severity.HIGH: 1, Severity.MEDIUM: 1}}
    for nobody in ("helper", "stranger", "member"):
        scope = open_many(queue.actor(nobody), Permission.INCIDENT_READ)
        assert queries.page_incidents(scope, Filter(), "").rows == []
        assert queries.count_open_by_tenant(scope) == {}
    with standing_at(NOW + timedelta(days=365)):
        ended = open_many(queue.actor("analyst"), Permission.INCIDENT_READ)
        assert queries.page_incidents(ended, Filter(), "").rows == []


def test_a_many_scope_of_one_permission_opens_no_other(queue: Cast) -> None:
    scope = open_many(queue.actor("analyst"), Permission.INCIDENT_READ)
    with pytest.raises(Forbidden):
        queries.list_alerts(scope, Filter())


@pytest.mark.parametrize("number", [0, -1, 9, 2**63 - 1, 2**63, 2**200])
def test_an_incident_of_no_number_is_not_there(queue: Cast, number: int) -> None:
    with pytest.raises(NotFound):
        queries.get_incident(queue.enter("reader"), number)


@pytest.mark.parametrize("external_id", ["", "a9", "A1", "\0", "a1\0", "x" * 9999, "a%"])
def test_an_alert_of_no_id_is_not_there(queue: Cast, external_id: str) -> None:
    with pytest.raises(NotFound):
        queries.get_alert(queue.enter("reader"), external_id)


READS: dict[str, Callable[[Cast, Scope], Any]] = {
    "list_incidents": lambda _, scope: queries.list_incidents(scope, Filter()),
    "list_alerts": lambda _, scope: queries.list_alerts(scope, Filter()),
    "get_incident": lambda _, scope: queries.get_incident(scope, 1),
    "get_alert": lambda _, scope: queries.get_alert(scope, "a1"),
    "alerts_of": lambda cast, scope: queries.alerts_of(scope, first(cast)),
    "comments_of": lambda cast, scope: queries.comments_of(scope, first(cast)),
    "evidence_of": lambda cast, scope: queries.evidence_of(scope, incident=first(cast)),
    "related_incidents": lambda cast, scope: queries.related_incidents(scope, first(cast)),
    "devices_of": lambda cast, scope: queries.devices_of(scope, first(cast)),
    "identities_of": lambda cast, scope: queries.identities_of(scope, first(cast)),
    "alerts_on": lambda cast, scope: queries.alerts_on(scope, device(cast)),
    "list_import_runs": lambda _, scope: queries.list_import_runs(scope),
}


def first(cast: Cast) -> Any:
    return queries.get_incident(cast.enter("admin"), 1)


def device(cast: Cast) -> Device:
    return Device.objects.of_tenant(cast.customer.id).get()


@pytest.mark.parametrize("name", READS)
def test_who_may_not_read_reads_nothing(queue: Cast, name: str) -> None:
    for who in ("member", "helper"):
        with pytest.raises(Forbidden):
            READS[name](queue, queue.enter(who))
    READS[name](queue, queue.enter("admin"))


@pytest.mark.parametrize(
    "name", sorted(name for name in READS if name.endswith(("_of", "_on", "related_incidents")))
)
def test_the_parts_of_an_incident_of_another_tenant_are_not_there(queue: Cast, name: str) -> None:
    assert list(READS[name](queue, queue.enter("outsider", queue.other))) == []


def test_counting_what_may_not_be_read_is_nought(queue: Cast) -> None:
    assert queries.count_open(queue.enter("reader")) == queries.OpenCounts(2, 2)
    assert queries.count_open(queue.enter("member")) == queries.OpenCounts(0, 0)


def test_the_parts_of_an_incident(queue: Cast) -> None:
    scope = queue.enter("analyst")
    comment_alert(scope, "a1", "Seen")
    incident = queries.get_incident(scope, 1)
    assert [row.external_id for row in queries.alerts_of(scope, incident)] == ["a1"]
    assert [row.alert.external_id for row in queries.comments_of(scope, incident) if row.alert] == ["a1"]
    assert [row.number for row in queries.related_incidents(scope, incident)] == [2]
    assert [row.dns_name for row in queries.devices_of(scope, incident)] == ["pc1"]
    assert {row.external_id for row in queries.alerts_on(scope, device(queue))} == {"a1", "a2"}
    [alert] = queries.alerts_of(scope, incident)
    assert (
        len(queries.evidence_of(scope, alert=alert))
        == len(queries.evidence_of(scope, incident=incident))
        == 1
    )
    assert list(queries.evidence_of(scope)) == []


def test_an_import_of_another_tenant_is_not_there(queue: Cast) -> None:
    run = start_import(queue.enter("admin"), file_name="a", size=0)
    assert queries.get_import_run(queue.enter("admin"), run.id) == run
    for scope, run_id in (
        (queue.enter("outsider", queue.other), run.id),
        (queue.enter("admin"), uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            queries.get_import_run(scope, run_id)


def test_a_list_takes_one_statement_and_leaves_the_heavy_columns(queue: Cast) -> None:
    scope = queue.enter("reader")
    with CaptureQueriesContext(connection) as statements:
        for alert in queries.page_alerts(scope, Filter(), "").rows:
            assert alert.incident.display_name
            assert alert.title
        for incident in queries.page_incidents(scope, Filter(), "").rows:
            assert incident.display_name
    assert len(statements) == 2
    for statement in statements:
        assert '"raw"' not in statement["sql"]
        assert '"document"' not in statement["sql"]


@pytest.mark.parametrize("order", ["age", "oldest", "activity", "severity"])
def test_pages_hold_every_row_once(queue: Cast, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = queue.enter("reader")
    seen: list[int] = []
    cursor = "first"
    monkeypatch.setattr(queries, "take_page", partial(take_page, size=1))
    while cursor:
        page = queries.page_incidents(scope, Filter(order=order), "" if cursor == "first" else cursor)
        seen += [row.number for row in page.rows]
        cursor = page.next_cursor
    assert sorted(seen) == [1, 2, 3]
