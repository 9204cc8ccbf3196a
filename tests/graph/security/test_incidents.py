"""`security/incidents`: what is listed, shown, changed and said, and the alerts in them."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.graph.official import faults, needs_description
from tests.graph.security.queue import WRITES
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.audit.models import AuditEvent
from tidegate.incidents.models import Incident

LIST = "security/incidents"
ONE = f"{LIST}/42"


def ids(said: Any) -> list[str]:
    return [incident["id"] for incident in said.values]


def test_incidents_are_listed_newest_first(program: Speaker) -> None:
    said = program.get(f"{LIST}?$count=true")
    assert (ids(said), said.body["@odata.count"]) == (["42", "50", "41"], 3)
    assert all("alerts" not in incident for incident in said.values)
    assert program.get(f"{LIST}/$count?$filter=severity eq 'low'").body == "1"


def test_incident_is_shown_whole(queue: Cast, program: Speaker) -> None:
    tid = str(queue.customer.id)
    said = program.get(ONE, Prefer="include-unknown-enum-members")
    body = said.body
    assert said.headers["Preference-Applied"] == "include-unknown-enum-members"
    assert said.headers["ETag"] == body.pop("@odata.etag") == 'W/"1"'
    assert body.pop("lastUpdateDateTime").startswith("2026-03-10T09:00:00")
    assert body.pop("incidentWebUrl").endswith(f"/incidents/42?tid={tid}")
    assert body == {
        "@odata.context": "http://testserver/v1.0/$metadata#security/incidents/$entity",
        "@odata.type": "#microsoft.graph.security.incident",
        "id": "42",
        "tenantId": tid,
        "status": "awaitingAction",
        "severity": "low",
        "classification": "unknown",
        "determination": "unknown",
        "displayName": "Waiting",
        "description": None,
        "assignedTo": None,
        "customTags": ["VIP", "phish"],
        "systemTags": [],
        "redirectIncidentId": None,
        "createdDateTime": "2026-03-03T10:00:00Z",
        "lastModifiedBy": None,
        "resolvingComment": None,
        "summary": None,
        "priorityScore": None,
        "comments": [
            {
                "@odata.type": "#microsoft.graph.security.alertComment",
                "comment": "Told",
                "createdByDisplayName": "Eve",
                "createdDateTime": "2026-03-04T10:00:00Z",
            }
        ],
    }


def test_words_that_came_later_are_told_to_who_knows_them(program: Speaker) -> None:
    assert program.get(ONE).body["status"] == "unknownFutureValue"
    assert "Preference-Applied" not in program.get(ONE).headers
    both = "respond-async, Include-Unknown-Enum-Members"
    assert program.get(LIST, Prefer=both).values[0]["status"] == "awaitingAction"
    assert ids(program.get(f"{LIST}?$filter=status eq 'awaitingAction'")) == ["42"]


def test_incident_that_was_merged_names_where_it_went(program: Speaker) -> None:
    assert program.get(f"{LIST}/50").body["redirectIncidentId"] == "41"
    assert program.patch(f"{LIST}/50", {"status": "active"}).code == (409, "Conflict")


def test_alerts_are_expanded_with_filter_and_order_together(program: Speaker) -> None:
    query = "$expand=alerts&$filter=lastUpdateDateTime gt 2026-03-01T00:00:00Z and status ne 'redirected'"
    said = program.get(f"{LIST}?{query}&$orderby=lastUpdateDateTime&$top=50")
    found = {incident["id"]: [alert["id"] for alert in incident["alerts"]] for incident in said.values}
    assert found == {"41": ["da1", "da2"], "42": ["da3"]}
    assert said.values[1]["alerts"][0]["evidence"][0]["mdeDeviceId"] == "d3"
    assert program.get(f"{ONE}?$expand=alerts").body["alerts"][0]["id"] == "da3"


def test_expanded_alerts_are_narrowed_and_reduced(program: Speaker) -> None:
    query = (
        "$expand=alerts($filter=severity eq 'high';$select=severity)&$select=displayName&$filter=id eq '41'"
    )
    assert program.get(f"{LIST}?{query}").values == [
        {
            "@odata.etag": 'W/"1"',
            "@odata.type": "#microsoft.graph.security.incident",
            "id": "41",
            "displayName": "Odd sign-ins",
            "alerts": [
                {
                    "@odata.etag": 'W/"1"',
                    "@odata.type": "#microsoft.graph.security.alert",
                    "id": "da2",
                    "severity": "high",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("customTags/any(t:t eq 'PHISH')", ["42"]),
        ("displayName eq 'odd sign-ins'", ["50", "41"]),
        ("severity eq 'high' and createdDateTime lt 2026-03-02T00:00:00Z", ["41"]),
        ("id eq 42", ["42"]),
        ("assignedTo ne null", []),
    ],
)
def test_filter_of_incidents(program: Speaker, text: str, found: list[str]) -> None:
    assert ids(program.get(f"{LIST}?$filter={text}")) == found


def test_patch_of_an_incident_changes_all_at_once(queue: Cast, program: Speaker) -> None:
    body = {
        "assignedTo": "probe",
        "customTags": ["one"],
        "classification": "falsePositive",
        "status": "resolved",
    }
    said = program.patch(f"{LIST}/41", body, If_Match='W/"1"')
    assert {name: said.body[name] for name in body} == body
    assert {alert["status"] for alert in program.get(f"{LIST}/41/alerts").values} == {"resolved"}
    assert program.patch(f"{LIST}/41", {"customTags": None}).body["customTags"] == []
    assert program.patch(f"{LIST}/41", {"status": "active"}, If_Match='W/"1"').status == 412
    assert Incident.objects.of_tenant(queue.other.id).get(number=41).assigned_to == ""


@pytest.mark.parametrize(
    "body", [{"customTags": "one"}, {"customTags": [1]}, {"status": "redirected"}, {"x": 1}]
)
def test_patch_of_an_incident_that_cannot_be_read_is_refused(program: Speaker, body: object) -> None:
    assert program.patch(ONE, body).code == (400, "BadRequest")


def test_comments_on_an_incident_are_answered_with_all_of_them(program: Speaker) -> None:
    said = program.post(f"{ONE}/comments", [{"comment": "Seen"}])
    assert [comment["comment"] for comment in said.body] == ["Told", "Seen"]
    program.post(f"{ONE}/alerts/da3/comments", {"comment": "On the alert"})
    assert [comment["comment"] for comment in program.get(ONE).body["comments"]] == ["Told", "Seen"]
    assert program.get(f"{ONE}/alerts/da3").body["comments"][0]["comment"] == "On the alert"


def test_alerts_of_an_incident_are_those_in_it(program: Speaker) -> None:
    assert ids(program.get(f"{LIST}/41/alerts")) == ["da2", "da1"]
    assert program.get(f"{LIST}/41/alerts/$count").body == "2"
    assert program.get(f"{LIST}/41/alerts/da3").code == (404, "ResourceNotFound")
    assert program.post(f"{LIST}/41/alerts/da3/comments", {"comment": "x"}).status == 404


@pytest.mark.parametrize("number", ["77", "0", "-1", "x", "9" * 30, "41.0", "٤١"])
def test_incident_that_is_not_seen_is_not_there(program: Speaker, number: str) -> None:
    path = f"{LIST}/{number}"
    assert program.get(path).code == (404, "ResourceNotFound")
    assert program.patch(path, {"status": "active"}).code == (404, "ResourceNotFound")
    assert program.post(f"{path}/comments", {"comment": "x"}).code == (404, "ResourceNotFound")
    assert program.get(f"{path}/alerts").code == (404, "ResourceNotFound")


def test_guest_who_opens_an_incident_through_a_program_is_seen(queue: Cast) -> None:
    speak_for(queue, queue.user("analyst"), *WRITES).get(ONE)
    event = AuditEvent.rows.filter(tenant_id=queue.customer.id).latest("sequence")
    assert (event.tag, event.target_id) == ("incident.viewed", "42")


def test_reading_incidents_is_reading_the_alerts_in_them(queue: Cast) -> None:
    reader = speak(queue, "SecurityIncident.Read.All")
    assert len(reader.get(f"{LIST}?$expand=alerts").values) == 3
    assert reader.patch(ONE, {"status": "active"}).code == (403, "Authorization_RequestDenied")


@needs_description
def test_incidents_are_as_microsoft_describes_them(program: Speaker) -> None:
    assert faults("GET", LIST, program.get(f"{LIST}?$top=2&$count=true&$expand=alerts").body) == []
    assert faults("GET", ONE, program.get(ONE).body) == []
    assert faults("PATCH", ONE, program.patch(ONE, {"status": "resolved"}).body) == []
    assert faults("GET", f"{ONE}/alerts", program.get(f"{ONE}/alerts").body) == []
    comments = "security/alerts_v2/any/comments"
    assert faults("POST", comments, program.post(f"{ONE}/comments", [{"comment": "x"}]).body) == []
