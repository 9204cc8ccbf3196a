"""`security/runHuntingQuery`, as programs call it."""

import json
from typing import Any

import pytest

from tests.applications import make_program
from tests.cast import Cast, import_all
from tests.graph.official import PATH, faults
from tests.graph.our_description import faults as our_faults
from tests.graph.speaking import Said, Speaker, speak, speak_for
from tests.hunting.hunts import make_alert
from tidegate.audit.models import AuditEvent
from tidegate.gate.jobs import settle_waiting_events
from tidegate.hunting.running import Limits

CALL = "security/runHuntingQuery"
HUNTS = "ThreatHunting.Read.All"


@pytest.fixture
def program(world: Cast) -> Speaker:
    return speak(world, HUNTS)


def ask(program: Speaker, query: str, tid: str = "", **members: str) -> Said:
    return program.post(f"{CALL}?tid={tid}" if tid else CALL, {"Query": query, **members})


def results(said: Said) -> list[dict[str, Any]]:
    assert said.status == 200, said.body
    found: list[dict[str, Any]] = said.body["results"]
    return found


def events(cast: Cast) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="hunting.queried").order_by("sequence")
    return [{"result": row.result, **json.loads(row.details)} for row in rows]


def test_rows_come_with_their_columns_and_types(program: Speaker) -> None:
    said = ask(
        program,
        "AlertInfo | where Severity == 'High' | project AlertId, Timestamp, IncidentId, AttackTechniques",
    )

    assert said.body == {
        "@odata.context": "http://testserver/v1.0/$metadata#microsoft.graph.security.huntingQueryResults",
        "schema": [
            {"name": "AlertId", "type": "String"},
            {"name": "Timestamp", "type": "DateTime"},
            {"name": "IncidentId", "type": "Int64"},
            {"name": "AttackTechniques", "type": "Object"},
        ],
        "results": [
            {
                "AlertId": "a1",
                "Timestamp": "2026-03-01T01:30:00Z",
                "IncidentId": 41,
                "AttackTechniques": ["T1204", "T1566"],
            }
        ],
    }
    assert our_faults("POST", CALL, said.body) == []
    if PATH:
        assert faults("POST", "security/microsoft.graph.security.runHuntingQuery", said.body) == []


@pytest.mark.parametrize("path", [CALL, "security/microsoft.graph.security.runHuntingQuery"])
@pytest.mark.parametrize("member", ["Query", "query"])
def test_both_spellings_of_the_call_and_its_members_are_read(
    program: Speaker, path: str, member: str
) -> None:
    assert results(program.post(path, {member: "AlertInfo | count"})) == [{"Count": 3}]


def test_beta_answers_too(program: Speaker) -> None:
    answer = program.client.post(
        f"/beta/{CALL}", {"Query": "AlertInfo | count"}, "application/json", headers=program.header
    )
    assert answer.json()["results"] == [{"Count": 3}]


@pytest.mark.parametrize(
    ("timespan", "found"),
    [
        ("", ["a1", "a2", "a3"]),
        ("P30D", ["a1", "a2", "a3"]),
        ("P7DT7H", ["a3"]),
        ("2026-03-02T00:00:00Z", ["a2", "a3"]),
        ("2026-03-02T00:00:00Z/2026-03-03T00:00:00Z", ["a2"]),
        ("2026-03-02T00:00:00Z/P1D", ["a2"]),
        ("P1D/2026-03-03T00:00:00Z", ["a2"]),
        ("2026-03-03T03:30:00Z", ["a3"]),
        ("2026-03-01T01:30:00Z/2026-03-03T03:30:00Z", ["a1", "a2"]),
    ],
)
def test_timespan_says_which_time_is_looked_at(program: Speaker, timespan: str, found: list[str]) -> None:
    said = ask(program, "AlertInfo | project AlertId | sort by AlertId asc", Timespan=timespan)
    assert [row["AlertId"] for row in results(said)] == found


@pytest.mark.parametrize(
    "timespan", ["P1Y", "yesterday", "P1D/P1D", "P9999999D", "2026-13-01", "2026-03-01/x"]
)
def test_timespan_that_is_none_is_refused(program: Speaker, timespan: str) -> None:
    assert ask(program, "AlertInfo", Timespan=timespan).code == (400, "BadRequest")


def test_thirty_days_are_looked_at_where_nothing_else_is_said(world: Cast, program: Speaker) -> None:
    import_all(world.customer, [make_alert(5, id="old", createdDateTime="2026-02-08T08:59:59Z")])
    query = "AlertInfo | where AlertId == 'old' | project AlertId"
    assert results(ask(program, query)) == []
    assert results(ask(program, query, Timespan="P31D")) == [{"AlertId": "old"}]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (
            "AlertInfo\n| where Titel == 'x'",
            "Line 2, column 9: There is no column 'Titel' here; did you mean Title?",
        ),
        ("AlertInf", "Line 1, column 1: There is no table 'AlertInf'; did you mean AlertInfo?"),
        ("AlertInfo | wher 1", "Line 1, column 13: There is no operator 'wher' here"),
    ],
)
def test_fault_is_named_by_its_place(world: Cast, program: Speaker, query: str, reason: str) -> None:
    said = ask(program, query)
    assert said.code == (400, "BadRequest")
    assert said.message.startswith(reason)
    # Nothing was read, so nobody is told.
    assert events(world) == []


def test_query_must_be_there(program: Speaker) -> None:
    assert program.post(CALL, {"Timespan": "P1D"}).code == (400, "BadRequest")
    assert program.post(CALL, {"Query": 5}).code == (400, "BadRequest")


def test_tenant_is_told_what_was_asked(world: Cast, program: Speaker) -> None:
    ask(program, "AlertInfo | take 2 // " + "x" * 2_000)
    [event] = events(world)
    assert (event["result"], event["rows"], len(event["query"])) == ("success", 2, 1_000)
    assert event["application"]["name"] == program.program.application.display_name


def test_program_needs_the_permission_to_hunt(world: Cast) -> None:
    reader = speak(world, "SecurityAlert.ReadWrite.All", "SecurityIncident.Read.All")
    assert ask(reader, "AlertInfo").code == (403, "Authorization_RequestDenied")
    assert ask(reader, "AlertInfo", tid="all").status in {403, 404}
    hunter = speak(world, HUNTS)
    assert hunter.get("security/alerts_v2").code == (403, "Authorization_RequestDenied")


def test_person_hunts_where_they_may_read_alerts(world: Cast) -> None:
    assert results(ask(speak_for(world, world.user("analyst"), HUNTS), "AlertInfo | count")) == [{"Count": 3}]
    helper = speak_for(world, world.user("helper"), HUNTS)
    assert ask(helper, "AlertInfo | count").code == (403, "Authorization_RequestDenied")


def test_too_many_rows_are_refused_and_never_left_out(
    world: Cast, program: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.graph.hunting.views.PROGRAM", Limits(2, 50, 60))
    said = ask(program, "AlertInfo")
    assert said.code == (400, "BadRequest")
    assert said.message == "The result has more than 2 rows; summarize them, or take fewer."
    assert len(results(ask(program, "AlertInfo | take 2"))) == 2
    assert [event["result"] for event in events(world)] == ["failure", "success"]


@pytest.fixture
def home(world: Cast) -> Speaker:
    """The program with a token of its own tenant, let into the customer and not into the other tenant."""
    program = make_program(world)
    speak(world, HUNTS, program=program)
    return speak(world, HUNTS, tenant=world.provider, program=program)


def test_all_tenants_are_hunted_in_one_run_and_told_of_it(world: Cast, home: Speaker) -> None:
    own = str(world.customer.id)
    query = "AlertInfo | project AlertId | sort by AlertId asc"
    assert results(ask(home, query, tid="all")) == [{"AlertId": f"a{n}", "TenantId": own} for n in (1, 2, 3)]
    speak(world, HUNTS, tenant=world.other, program=home.program)
    found = results(ask(home, "AlertInfo | summarize n = count()", tid="all"))
    assert {(row["TenantId"], row["n"]) for row in found} == {(own, 3), (str(world.other.id), 4)}
    settle_waiting_events()
    told = events(world)
    assert [(event["tenants"], event["result"]) for event in told] == [("several", "success")] * 2
    assert told[0]["query"] == query
    assert "rows" not in told[0]


def test_tenant_that_did_not_consent_is_not_there(world: Cast, home: Speaker) -> None:
    assert ask(home, "AlertInfo", tid="other.example").code == (404, "ResourceNotFound")
    own = speak(world, HUNTS, program=home.program)
    assert ask(own, "AlertInfo", tid="all").code == (404, "ResourceNotFound")
