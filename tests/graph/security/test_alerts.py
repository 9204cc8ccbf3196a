"""`security/alerts_v2`: what is listed, shown, changed and said."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.cast import Cast
from tests.graph.official import faults, needs_description
from tests.graph.security.queue import WRITES
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.audit.models import AuditEvent
from tidegate.incidents.models import Alert

LIST = "security/alerts_v2"
ONE = f"{LIST}/da1"


def ids(said: Any) -> list[str]:
    return [alert["id"] for alert in said.values]


def follow(program: Speaker, path: str) -> list[list[str]]:
    """The ids on each page."""
    pages = []
    while path:
        said = program.get(path)
        pages.append(ids(said))
        path = said.body.get("@odata.nextLink", "").removeprefix("http://testserver/v1.0/")
    return pages


def test_alerts_are_listed_newest_first(program: Speaker) -> None:
    said = program.get(f"{LIST}?$count=true")
    assert said.body["@odata.context"] == "http://testserver/v1.0/$metadata#security/alerts_v2"
    assert said.body["@odata.count"] == 3
    assert ids(said) == ["da3", "da2", "da1"]
    assert "@odata.nextLink" not in said.body
    assert said.headers["OData-Version"] == "4.0"


def test_alert_of_a_list_is_its_document_with_its_version(queue: Cast, program: Speaker) -> None:
    kept = Alert.objects.of_tenant(queue.customer.id).get(external_id="da1").document
    document = json.loads(kept)
    assert program.get(LIST).values[-1] == {"@odata.etag": 'W/"1"', **document}
    shown = program.get(ONE)
    assert shown.headers["ETag"] == 'W/"1"'
    context = {"@odata.context": "http://testserver/v1.0/$metadata#security/alerts_v2/$entity"}
    assert shown.body == {**context, "@odata.etag": 'W/"1"', **document}


@pytest.mark.parametrize(
    ("order", "pages"),
    [
        ("", [["da3", "da2"], ["da1"]]),
        ("&$orderby=createdDateTime asc", [["da1", "da2"], ["da3"]]),
        ("&$orderby=severity desc", [["da2", "da1"], ["da3"]]),
        ("&$orderby=status,id desc", [["da2", "da3"], ["da1"]]),
        ("&$skip=1", [["da2", "da1"]]),
        ("&$skip=3", [[]]),
    ],
)
def test_pages_follow_each_other_in_every_order(program: Speaker, order: str, pages: list[list[str]]) -> None:
    assert follow(program, f"{LIST}?$top=2{order}") == pages


def test_link_onwards_is_on_the_host_that_was_asked_and_keeps_what_was_asked(program: Speaker) -> None:
    filter_text = quote("title eq 'Odd sign-in' and severity ne 'high'")
    said = program.get(f"{LIST}?$filter={filter_text}&%24top=1&$skip=0&$select=title", Host="localhost")
    link = said.body["@odata.nextLink"]
    assert link.startswith("http://localhost/v1.0/security/alerts_v2?")
    assert f"$filter={filter_text}" in link
    assert "$select=title&$skiptoken=" in link
    assert "$skip=" not in link
    onwards = program.get(link.removeprefix("http://localhost/v1.0/"), Host="localhost")
    assert [each["title"] for each in onwards.values] == ["Odd sign-in"]


def test_stepping_by_skip_ends_with_a_short_page(program: Speaker) -> None:
    pages = [ids(program.get(f"{LIST}?$top=2&$skip={skip}")) for skip in (0, 2, 4)]
    assert pages == [["da3", "da2"], ["da1"], []]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("severity eq 'high'", ["da2"]),
        ("severity eq 'High' or severity eq 'LOW'", ["da3", "da2"]),
        ("(tolower(severity) eq 'high') and (createdDateTime ge 2026-03-01T00:00:00Z)", ["da2"]),
        ("status ne 'new'", ["da2"]),
        ("serviceSource eq 'microsoftSentinel'", ["da3"]),
        ("serviceSource eq microsoft.graph.security.serviceSource'microsoftSentinel'", ["da3"]),
        ("assignedTo eq 'Analyst@provider.example'", ["da2"]),
        ("assignedTo eq null", ["da3", "da1"]),
        ("incidentId eq '41'", ["da2", "da1"]),
        ("id in ('da1','da3','only-theirs')", ["da3", "da1"]),
        ("createdDateTime%2Bgt%2B2026-03-01T10:00:00.1234567Z", ["da3", "da2"]),
        ("createdDateTime gt 2026-03-02T11:00:00%2B01:00", ["da3"]),
        ("contains(title,'sign') and not startswith(id,'da3')", ["da2", "da1"]),
        ("determination eq 'clean'", []),
        ("severity eq 'unknownFutureValue'", []),
        ("tenantId eq 00000000-0000-0000-0000-000000000000", []),
        ("lastUpdateDateTime gt 2001-01-01T00:00:00+00:00", ["da3", "da2", "da1"]),
    ],
)
def test_filter_of_alerts(program: Speaker, text: str, found: list[str]) -> None:
    said = program.get(f"{LIST}?$filter={text}&$count=true", ConsistencyLevel="eventual")
    assert ids(said) == found
    assert said.body["@odata.count"] == len(found)
    assert program.get(f"{LIST}/$count?$filter={text}").body == str(len(found))


@pytest.mark.parametrize(
    ("query", "option"),
    [
        ("$filter=severity eqq 'high'", "$filter"),
        ("$filter=severity eq 'dire'", "$filter"),
        ("$filter=evidence/any(e:e/verdict eq 'malicious')", "$filter"),
        ("$filter=document eq 'x'", "$filter"),
        ("$orderby=title", "$orderby"),
        ("$expand=evidence", "$expand"),
        ("$select=raw", "$select"),
        ("$search=x", "$search"),
        ("$top=-1", "$top"),
        ("$top=1000000", "$top"),
        ("$skiptoken=x", "$skiptoken"),
        ("$skiptoken=WyJmIiwxXQ", "$skiptoken"),
    ],
)
def test_query_that_cannot_be_served_is_refused_with_the_reason(
    program: Speaker, query: str, option: str
) -> None:
    said = program.get(f"{LIST}?{query}")
    assert said.code == (400, "BadRequest")
    assert option in said.message


def test_select_gives_what_was_asked_and_the_id(program: Speaker) -> None:
    said = program.get(f"{LIST}?$select=Title,severity&$top=1")
    assert said.values == [
        {
            "@odata.etag": 'W/"1"',
            "@odata.type": "#microsoft.graph.security.alert",
            "id": "da3",
            "title": "Odd sign-in",
            "severity": "low",
        }
    ]
    assert "evidence" not in program.get(f"{ONE}?$select=title").body


def test_top_of_nothing_is_an_empty_page_without_a_link(program: Speaker) -> None:
    assert program.get(f"{LIST}?$top=0&$count=true").body.keys() == {
        "@odata.context", "@odata.count", "value",
    }  # fmt: skip


def test_patch_changes_all_at_once_and_answers_the_whole(queue: Cast, program: Speaker) -> None:
    body = {
        "@odata.type": "#microsoft.graph.security.alert",
        "status": "InProgress",
        "classification": "TruePositive",
        "determination": "compromisedUser",
        "assignedTo": "lead@provider.example",
        "title": "Not to be set",
    }
    said = program.patch(ONE, body)
    assert said.status == 200
    assert said.headers["ETag"] == 'W/"2"'
    shown = {name: said.body[name] for name in body}
    assert shown == body | {
        "status": "inProgress",
        "classification": "truePositive",
        "determination": "compromisedAccount",
        "title": "Odd sign-in",
    }
    assert said.body == program.get(ONE).body
    alert = Alert.objects.of_tenant(queue.customer.id).get(external_id="da1")
    assert alert.assigned_user_id == queue.user("lead").id
    event = AuditEvent.rows.filter(tenant_id=queue.customer.id).latest("sequence")
    assert (event.actor_kind, event.actor_name) == ("application", "Harbour SIEM")


def test_patch_with_null_takes_away(program: Speaker) -> None:
    program.patch(ONE, {"assignedTo": "somebody", "classification": "falsePositive"})
    said = program.patch(ONE, {"assignedTo": None, "classification": None, "determination": None})
    assert (said.body["assignedTo"], said.body["classification"]) == (None, "unknown")


@pytest.mark.parametrize(
    "body",
    [
        {"status": "done"},
        {"status": "unknown"},
        {"status": None},
        {"status": 1},
        {"classification": "certain"},
        {"determination": ["malware"]},
        {"assignedTo": "x" * 321},
        {"state": "new"},
        [],
        "status",
    ],
)
def test_patch_that_cannot_be_read_changes_nothing(program: Speaker, body: object) -> None:
    before = program.get(ONE).body
    assert program.patch(ONE, body).code == (400, "BadRequest")
    assert program.get(ONE).body == before


def test_patch_upon_another_version_is_refused(program: Speaker) -> None:
    assert program.patch(ONE, {"status": "inProgress"}, If_Match='W/"1"').status == 200
    said = program.patch(ONE, {"status": "resolved"}, If_Match='W/"1"')
    assert said.code == (412, "PreconditionFailed")
    assert program.patch(ONE, {"status": "resolved"}, If_Match='"7", W/"2"').status == 200
    assert program.patch(ONE, {"status": "new"}, If_Match='"mine"').status == 412
    assert program.patch(ONE, {"status": "new"}, If_Match="*").status == 200


def test_comments_are_answered_with_all_of_them(program: Speaker) -> None:
    one = {"@odata.type": "microsoft.graph.security.alertComment", "comment": "First"}
    assert [said["comment"] for said in program.post(f"{ONE}/comments", one).body] == ["First"]
    said = program.post(f"{ONE}/comments", [{"comment": "Second"}, {"comment": "Third"}])
    assert said.status == 200
    assert [(c["comment"], c["createdByDisplayName"]) for c in said.body] == [
        ("First", "Harbour SIEM"), ("Second", "Harbour SIEM"), ("Third", "Harbour SIEM"),
    ]  # fmt: skip
    assert program.get(f"{ONE}/comments/$count").body == "3"
    assert program.get(ONE).body["comments"] == said.body


@pytest.mark.parametrize("body", [[], [1], "x", {}, {"comment": 1}, [{"comment": "a"}, {"comment": " "}]])
def test_comments_that_say_nothing_are_refused(program: Speaker, body: object) -> None:
    assert program.post(f"{ONE}/comments", body).code == (400, "BadRequest")
    assert program.get(f"{ONE}/comments/$count").body == "0"


@pytest.mark.parametrize("path", [f"{LIST}/only-theirs", f"{LIST}/nothing", f"{LIST}/%00", f"{LIST}/da9"])
def test_alert_that_is_not_seen_is_not_there(program: Speaker, path: str) -> None:
    assert program.get(path).code == (404, "ResourceNotFound")
    assert program.patch(path, {"status": "new"}).code == (404, "ResourceNotFound")
    assert program.post(f"{path}/comments", {"comment": "x"}).code == (404, "ResourceNotFound")


def test_program_that_only_reads_changes_nothing_and_the_tenant_sees_it_try(queue: Cast) -> None:
    reader = speak(queue, "SecurityAlert.Read.All")
    assert reader.get(ONE).status == 200
    assert reader.patch(ONE, {"status": "new"}).code == (403, "Authorization_RequestDenied")
    assert reader.post(f"{ONE}/comments", {"comment": "x"}).status == 403
    assert reader.get("security/incidents").code == (403, "Authorization_RequestDenied")
    event = AuditEvent.rows.filter(tenant_id=queue.customer.id).latest("sequence")
    assert (event.tag, event.result) == ("access.refused", "refused")


def test_guest_who_opens_an_alert_through_a_program_is_seen(queue: Cast) -> None:
    analyst = speak_for(queue, queue.user("analyst"), *WRITES)
    assert analyst.get(ONE).status == 200
    event = AuditEvent.rows.filter(tenant_id=queue.customer.id).latest("sequence")
    assert (event.tag, event.target_id) == ("alert.viewed", "da1")
    assert analyst.patch(ONE, {"status": "inProgress"}).status == 200
    helper = speak_for(queue, queue.user("helper"), *WRITES, program=analyst.program)
    assert helper.get(ONE).code == (403, "Authorization_RequestDenied")


def test_slashes_and_parentheses_are_read_as_meant(program: Speaker) -> None:
    assert program.get("/security//alerts_v2/").values == program.get(LIST).values
    assert program.get("security/alerts_v2('da1')").body == program.get(ONE).body


@needs_description
def test_alerts_are_as_microsoft_describes_them(program: Speaker) -> None:
    assert faults("GET", LIST, program.get(f"{LIST}?$top=2&$count=true").body) == []
    assert faults("GET", ONE, program.get(ONE).body) == []
    assert faults("PATCH", ONE, program.patch(ONE, {"status": "resolved"}).body) == []
    comments = f"{ONE}/comments"
    assert faults("POST", comments, program.post(comments, {"comment": "x"}).body) == []
