"""Hunting: the page, what it runs, what it says where a query is wrong, and its files."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from tests.cast import Cast, import_all
from tests.hunting.hunts import fill, make_alert
from tests.incidents.hiding import let_analyst_into_other
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.gate.jobs import settle_waiting_events
from tidegate.hunting.running import Limits
from tidegate.web.hunting.examples import EXAMPLES, OVER_TENANTS

type Visit = Callable[..., Visitor]

PAGE = "/hunting"


@pytest.fixture
def world(cast: Cast) -> Cast:
    fill(cast)
    return cast


def told(cast: Cast) -> list[dict[str, Any]]:
    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="hunting.queried").order_by("sequence")
    return [json.loads(event.details) for event in events]


@pytest.mark.parametrize("name", ["reader", "analyst", "lead", "admin"])
def test_page_is_shown_to_those_who_may_hunt(visit: Visit, world: Cast, name: str) -> None:
    page = visit(name).get(PAGE)
    assert page.status_code == 200
    assert "AlertEvidence" in text_of(page)
    assert f'href="/hunting?tid={world.customer.id}"' in page.content.decode()
    # Nothing was asked, so nothing ran.
    assert told(world) == []


@pytest.mark.parametrize("name", ["helper", "member"])
def test_page_is_refused_to_those_who_may_not(visit: Visit, world: Cast, name: str) -> None:
    for query in ("", "AlertInfo"):
        page = visit(name).get(PAGE, query=query)
        assert page.status_code == 403
        assert "Malware" not in page.content.decode()
    assert visit(name).post("/hunting/export.csv", query="AlertInfo").status_code == 403
    assert told(world) == []


def test_outsider_does_not_find_the_page(visit: Visit, world: Cast) -> None:
    assert visit("outsider").get(PAGE, query="AlertInfo").status_code == 404
    own = text_of(visit("outsider", world.other).get(PAGE, query="AlertInfo | project Title"))
    assert "Only theirs" in own
    assert "Only theirs" not in text_of(visit("analyst").get(PAGE, query="AlertInfo | project Title"))


def test_query_of_the_address_has_run(visit: Visit, world: Cast) -> None:
    columns = "AlertId, Title, IncidentId, Timestamp, AttackTechniques"
    query = f"AlertInfo\r\n| where Severity == 'High'\r\n| project {columns}"
    page = visit("analyst").get(PAGE, query=query)
    content = page.content.decode()
    assert "Malware found" in text_of(page)
    assert "malware again" not in text_of(page)
    assert "1 row" in text_of(page)
    assert f'<a href="/alerts/a1?tid={world.customer.id}"><bdi>a1</bdi></a>' in content
    assert f'<a href="/incidents/41?tid={world.customer.id}"><bdi>41</bdi></a>' in content
    assert '<time datetime="2026-03-01T01:30:00' in content
    assert "[&quot;T1204&quot;,&quot;T1566&quot;]" in content
    assert "AlertInfo\n| where Severity == &#x27;High&#x27;" in content
    [event] = told(world)
    assert (event["query"], event["rows"]) == (query.replace("\r\n", "\n"), 1)


@pytest.mark.parametrize(
    ("query", "place", "reason", "line"),
    [
        ("AlertInfo\n| where Titel == 1", "Line 2, column 9", "did you mean Title?", "| where Titel == 1"),
        ("AlertInfo |", "Line 1, column 12", "Expected an operator, found the end.", "AlertInfo |"),
    ],
)
def test_fault_is_shown_at_its_line(
    visit: Visit, world: Cast, query: str, place: str, reason: str, line: str
) -> None:
    page = visit("analyst").get(PAGE, query=query)
    said = text_of(page)
    assert page.status_code == 200
    assert place in said
    assert reason in said
    number = place.split(",", maxsplit=1)[0].split()[1]
    assert f'is-faulty"><span class="hunt-number">{number}</span>{line}' in page.content.decode()
    assert f'data-fault-line="{number}"' in page.content.decode()


def test_what_is_written_and_found_is_never_markup(visit: Visit, world: Cast) -> None:
    evil = "<script>alert(1)</script>"
    import_all(world.customer, [make_alert(5, title=f"{evil}\u202e")])
    for query in (
        f"AlertInfo | where Title == '{evil}'",
        f"AlertInfo | project ['{evil}'] = Title",
        f"AlertInfo | nothing{evil}",
        "AlertInfo | project Title",
        "AlertInfo | summarize count() by Title | render barchart",
        "</textarea><script>alert(1)</script>",
    ):
        content = visit("analyst").get(PAGE, query=query).content.decode()
        assert evil not in content, query
        assert "\u202e" not in content


def test_time_is_chosen_beside_the_query(visit: Visit, world: Cast) -> None:
    query = "AlertInfo | where AlertId in ('a1', 'a3') | project AlertId"
    assert "a1" in text_of(visit("analyst").get(PAGE, query=query))
    week = visit("analyst").get(PAGE, query=query, span="7d")
    assert "a3" in text_of(week)
    assert "<bdi>a1</bdi>" not in week.content.decode()
    assert visit("analyst").get(PAGE, query=query, span="2y").status_code == 400


def test_no_rows_and_too_many_say_so(visit: Visit, world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no row came of it" in text_of(visit("analyst").get(PAGE, query="AlertInfo | where false"))
    monkeypatch.setattr("tidegate.web.hunting.page.PAGE", Limits(2, 1, 5, cuts=True))
    assert "The first 2 rows; there are more." in text_of(visit("analyst").get(PAGE, query="AlertInfo"))
    monkeypatch.setattr("tidegate.web.hunting.page.PAGE", Limits(2, 0, 5, cuts=True))
    assert "larger than 0 MB" in text_of(visit("analyst").get(PAGE, query="AlertInfo"))


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("AlertInfo | summarize N = count() by Category", [("InitialAccess", "1"), ("Malware", "2")]),
        ("AlertInfo | summarize N = count() by bin(Timestamp, 1d)",
         [("1 Mar", "1"), ("2 Mar", "1"), ("3 Mar", "1")]),
        ("AlertInfo | summarize N = count() by Severity, Category | render barchart",
         [("High", "1"), ("Low", "1"), ("Medium", "1")]),
    ],
)  # fmt: skip
def test_names_and_a_number_are_drawn(
    visit: Visit, world: Cast, query: str, cells: list[tuple[str, str]]
) -> None:
    page = visit("analyst").get(PAGE, query=query)
    plot = page.context["chart"]
    assert sorted(plot.rows) == cells
    content = page.content.decode()
    assert content.count("<rect") >= len(cells)
    assert 'role="img" aria-labelledby="hunting-chart-title hunting-chart-description"' in content


@pytest.mark.parametrize(
    "query",
    [
        "AlertInfo | summarize count()",
        "AlertInfo | project Title, Severity",
        "AlertInfo | summarize count() by Severity, Category",
        "AlertInfo | summarize count() by Category | render table",
        "AlertInfo | summarize N = 0 * count() by Category",
        "AlertInfo | summarize N = 0 - count() by Category",
        "AlertInfo | project Title, AttackTechniques, N = 1",
    ],
)
def test_what_is_no_chart_is_not_drawn(visit: Visit, world: Cast, query: str) -> None:
    page = visit("analyst").get(PAGE, query=query)
    assert page.context["chart"] is None
    assert "plot-drawing" not in page.content.decode()


def test_files_hold_all_rows(visit: Visit, world: Cast) -> None:
    query = "AlertInfo | sort by AlertId asc | project AlertId, Title = strcat('=', Title), AttackTechniques"
    answer = visit("analyst").post("/hunting/export.csv", query=query)
    rows = list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[:2] == [
        ["AlertId", "Title", "AttackTechniques"],
        ["a1", "'=Malware found", '["T1204","T1566"]'],
    ]
    assert len(rows) == 4
    lines = visit("analyst").post("/hunting/export.ndjson", query=query).getvalue().decode().splitlines()
    first = json.loads(lines[0])
    assert first == {"AlertId": "a1", "Title": "=Malware found", "AttackTechniques": ["T1204", "T1566"]}
    assert [event["rows"] for event in told(world)] == [3, 3]
    assert visit("analyst").get("/hunting/export.csv", query=query).status_code == 405
    assert visit("analyst").post("/hunting/export.csv", query="AlertInf").status_code == 400
    assert visit("outsider").post("/hunting/export.csv", query=query).status_code == 404


def test_examples_run(visit: Visit, world: Cast) -> None:
    let_analyst_into_other(world)
    analyst = visit("analyst")
    for example in (*EXAMPLES, OVER_TENANTS):
        for tid in (str(world.customer.id), "all"):
            page = Visitor(analyst.client, tid).get(PAGE, query=example.query)
            assert page.status_code == 200
            assert page.context.get("fault") is None, example.query


def test_several_tenants_are_hunted_at_once(visit: Visit, world: Cast) -> None:
    let_analyst_into_other(world)
    many = Visitor(visit("analyst").client, "all")
    page = many.get(PAGE, query="AlertInfo | project AlertId, Title | sort by AlertId asc")
    said, content = text_of(page), page.content.decode()
    assert "Delta Mills" in said
    assert "Polder Foods" in said
    assert "Only theirs" in said
    for tenant in (world.customer, world.other):
        assert f'<a href="/alerts/a1?tid={tenant.id}">' in content
    assert told(world) == []
    settle_waiting_events()
    [event] = told(world)
    assert (event["query"], event["tenants"]) == (
        "AlertInfo | project AlertId, Title | sort by AlertId asc",
        "several",
    )
    counted = many.get(PAGE, query="AlertInfo | summarize N = count()")
    assert sorted(counted.context["chart"].rows) == [("Delta Mills", "3"), ("Polder Foods", "4")]
    lines = (
        many.post("/hunting/export.ndjson", query="AlertInfo | project AlertId")
        .getvalue()
        .decode()
        .splitlines()
    )
    assert {json.loads(line)["TenantId"] for line in lines} == {str(world.customer.id), str(world.other.id)}


def test_a_bar_stands_at_its_time(visit: Visit, world: Cast) -> None:
    query = "AlertInfo | where AlertId != 'a2' | summarize N = count() by bin(Timestamp, {})"
    days = visit("analyst").get(PAGE, query=query.format("1d"))
    # Two instants have no shorter step than what lies between them.
    assert days.context["chart"].rows == (("1 Mar", "1"), ("3 Mar", "1"))
    import_all(world.customer, [make_alert(4)])
    days = visit("analyst").get(PAGE, query=query.format("1d"))
    assert days.context["chart"].rows == (("1 Mar", "1"), ("2 Mar", "0"), ("3 Mar", "1"), ("4 Mar", "1"))
    hours = visit("analyst").get(PAGE, query=query.format("1h"))
    assert hours.context["chart"].rows[0] == ("1 Mar 01:00", "1")


def test_whoever_may_hunt_nowhere_finds_nothing_over_several(visit: Visit, world: Cast) -> None:
    page = Visitor(visit("helper").client, "all").get(PAGE, query="AlertInfo | project Title")
    assert "Malware" not in text_of(page).replace("AlertInfo", "")
