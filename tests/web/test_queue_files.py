"""Lists of the queue as files: all rows, no row of anybody else, and the tenants are told."""

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, import_all
from tests.web.conftest import Visitor
from tests.web.queue_pages import events_of, some_incident, theirs
from tidegate.gate.jobs import settle_waiting_events
from tidegate.incidents import exporting

type SignIn = Callable[..., Visitor]


@pytest.fixture
def queue(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(exporting, "BLOCK", 2)
    numbers = (41, 42, 43, 44, 45)
    import_all(
        cast.customer, [some_incident(number, displayName=f"=Incident {number}") for number in numbers]
    )
    import_all(cast.provider, [some_incident(7, displayName="At home")])
    import_all(cast.other, [theirs(some_incident(41))])
    return cast


def fetch(visitor: Visitor, path: str, **params: Any) -> str:
    answer: Any = visitor.post(path, **params)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("what", ["incidents", "alerts", "devices"])
@pytest.mark.parametrize("tid", ["all", "one"])
def test_files_hold_every_row_and_nobody_elses(queue: Cast, visit: SignIn, what: str, tid: str) -> None:
    visitor = visit("analyst")
    if tid == "all":
        visitor = Visitor(visitor.client, "all")
    told = fetch(visitor, f"/{what}/export.ndjson")
    rows = [json.loads(line) for line in told.splitlines()]
    lines = list(csv.reader(fetch(visitor, f"/{what}/export.csv").removeprefix("\ufeff").splitlines()))
    assert len(rows) == len(lines) - 1 == {"incidents": 5, "alerts": 5, "devices": 1}[what]
    assert {row["tenant_id"] for row in rows} == {str(queue.customer.id)}
    assert {row["tenant"] for row in rows} == {"Delta Mills"}
    assert list(rows[0]) == lines[0]
    assert "LEAKED" not in told
    assert "Polder" not in told


def test_cells_are_no_formulas_and_links_lead_to_the_tenant(queue: Cast, visit: SignIn) -> None:
    lines = list(csv.reader(fetch(visit("analyst"), "/incidents/export.csv").splitlines()))
    assert all(line[3].startswith("'=Incident") for line in lines[1:])
    assert all(line[-1].endswith(f"?tid={queue.customer.id}") for line in lines[1:])


def test_file_obeys_the_filter(queue: Cast, visit: SignIn) -> None:
    rows = fetch(visit("analyst"), "/incidents/export.ndjson", q="43").splitlines()
    assert [json.loads(row)["number"] for row in rows] == [43]
    assert visit("analyst").post("/incidents/export.csv", severity="awful").status_code == 400


def test_taking_a_file_is_recorded_where_its_rows_are(queue: Cast, visit: SignIn) -> None:
    fetch(visit("analyst"), "/alerts/export.csv")
    assert events_of(queue.customer, tag="alerts.exported") == ["alerts.exported"]
    fetch(Visitor(visit("analyst").client, "all"), "/incidents/export.csv")
    settle_waiting_events()
    assert events_of(queue.customer, tag="incidents.exported") == ["incidents.exported"]
    assert events_of(queue.other, tag="incidents.exported") == []


@pytest.mark.parametrize("name", ["helper", "outsider", "stranger"])
def test_who_may_not_read_gets_no_file(queue: Cast, visit: SignIn, name: str) -> None:
    answer = visit(name).post("/incidents/export.csv")
    assert answer.status_code in {403, 404}
    assert not answer.streaming
