"""The incidents API of Defender XDR."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_incident, xdr_alert, xdr_incident
from tests.siem.programs import Speaker, full_alert, read, speak
from tidegate.authorization.api_permissions import Resource
from tidegate.connectors.kinds import microsoft_defender_xdr
from tidegate.incidents.models import Incident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def xdr(cast: Cast) -> Speaker:
    import_all(cast.customer, [graph_incident(full_alert())])
    import_all(cast.other, [xdr_incident(xdr_alert())])
    return speak(cast, Resource.DEFENDER_XDR)


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [incident["incidentId"] for incident in read(response)["value"]]


def code(response: Any) -> tuple[int, str]:
    return response.status_code, read(response)["error"]["code"]


def test_an_incident_in_its_words_with_its_alerts_devices_and_entities(cast: Cast, xdr: Speaker) -> None:
    incident = read(xdr.get("/api/incidents/41"))

    (alert,) = incident.pop("alerts")
    assert incident == {
        "@odata.context": "http://testserver/api/$metadata#Incidents/$entity",
        "incidentId": 41,
        "incidentUri": f"http://127.0.0.1:8000/incidents/41?tid={cast.customer.id}",
        "redirectIncidentId": None,
        "incidentName": "Odd sign-ins",
        "createdTime": "2026-03-01T10:00:00Z",
        "lastUpdateTime": incident["lastUpdateTime"],
        "assignedTo": None,
        "classification": "Unknown",
        "determination": "NotAvailable",
        "status": "Active",
        "severity": "High",
        "tags": ["vip"],
        "comments": [],
    }
    assert (alert["alertId"], alert["incidentId"], alert["severity"]) == ("da1", 41, "Medium")
    assert alert["classification"] is None
    (device,) = alert["devices"]
    assert (device["mdatpDeviceId"], device["riskScore"], device["rbacGroupName"]) == ("d1", "High", "Plant")
    assert alert["entities"][0] == {
        "entityType": "File",
        "sha1": "5f1e",
        "sha256": "8963",
        "fileName": "a.exe",
        "filePath": "C:\\Temp",
        "detectionStatus": "Detected",
        "deviceId": "d1",
        "verdict": "Malicious",
        "remediationStatus": "None",
    }


def test_what_is_given_can_be_taken_in_again(xdr: Speaker) -> None:
    """The answer is what the importer of this very format reads."""
    (incident,) = read(xdr.get("/api/incidents"))["value"]

    assert microsoft_defender_xdr.recognise(incident)


def test_a_merged_incident_says_into_which(cast: Cast, xdr: Speaker) -> None:
    merged = xdr_incident(incidentId=901, redirectIncidentId=41, status="Redirected", severity="UnSpecified")
    import_all(cast.customer, [merged])
    incident = read(xdr.get("/api/incidents/901"))

    assert (incident["redirectIncidentId"], incident["status"], incident["severity"]) == (
        41, "Redirected", "UnSpecified",
    )  # fmt: skip
    assert incident["alerts"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lastUpdateTime gt 2026-03-10T00:00:00Z", True),
        ("createdTime ge 2026-03-02T00:00:00.0000000Z", False),
        ("status eq 'Active' or status eq 'InProgress'", True),
        ("status in ('Resolved','Redirected')", False),
        ("assignedTo eq null", True),
        ("assignedTo eq 'x' and tags/any(t: t eq 'vip')", False),
    ],
)
def test_filters(xdr: Speaker, text: str, found: bool) -> None:  # noqa: FBT001
    assert ids(xdr.get("/api/incidents", **{"$filter": text})) == ([41] if found else [])


def test_pages_of_a_hundred_and_a_link_to_the_next(
    cast: Cast, xdr: Speaker, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [
        Incident(
            tenant=cast.customer,
            number=1000 + n,
            display_name=f"No. {n}",
            created_at=f"2026-02-01T10:{n // 60:02}:{n % 60:02}Z",
            last_update_at=f"2026-02-01T10:{n // 60:02}:{n % 60:02}Z",
            first_activity_at="2026-02-01T10:00:00Z",
            last_activity_at="2026-02-01T10:00:00Z",
        )
        for n in range(120)
    ]
    Incident.rows.bulk_create(made)

    first = read(xdr.get("/api/incidents"))
    assert len(first["value"]) == 100
    second = read(xdr.get(first["@odata.nextLink"]))
    assert len(second["value"]) == 21
    assert "@odata.nextLink" not in second
    assert ids(xdr.get("/api/incidents", **{"$top": 100, "$skip": 100})) == [
        incident["incidentId"] for incident in second["value"]
    ]
    assert code(xdr.get("/api/incidents", **{"$top": 101})) == (400, "ODataError")
    with django_assert_num_queries(3 + 1 + 2 + 1 + 1 + 4):
        # The token's tenant, the limit, how far the ledger and the tenant are, incidents, what is in them.
        xdr.get("/api/incidents").getvalue()


def test_a_change_is_made_whole(cast: Cast, xdr: Speaker) -> None:
    body = {
        "status": "Resolved",
        "assignedTo": "admin@customer.example",
        "classification": "FalsePositive",
        "determination": "Clean",
        "tags": ["done"],
        "comment": "Nothing.",
    }
    changed = read(xdr.patch("/api/incidents/41", body))

    said = changed.pop("comments")
    assert {name: changed[name] for name in body if name != "comment"} == {
        name: value for name, value in body.items() if name != "comment"
    }
    assert [comment["comment"] for comment in said] == ["Nothing."]
    assert changed["alerts"][0]["status"] == "Resolved"


def test_a_bad_change_changes_nothing(cast: Cast, xdr: Speaker) -> None:
    assert code(xdr.patch("/api/incidents/41", {"tags": ["x"], "status": "Redirected"})) == (
        400,
        "InvalidInput",
    )
    assert code(xdr.patch("/api/incidents/41", {"tags": "x"})) == (400, "InvalidRequestBody")
    assert read(xdr.get("/api/incidents/41"))["tags"] == ["vip"]


@pytest.mark.parametrize("number", ["900", "42", "x", "9" * 30, "-41", "41.0"])
def test_others_incidents_are_not_there(xdr: Speaker, number: str) -> None:
    assert code(xdr.get(f"/api/incidents/{number}")) == (404, "NotFound")
    assert code(xdr.patch(f"/api/incidents/{number}", {"status": "Resolved"})) == (404, "NotFound")


def test_reading_is_not_changing(cast: Cast, xdr: Speaker) -> None:
    reader = speak(cast, Resource.DEFENDER_XDR, "Incident.Read.All", program=xdr.program)

    assert code(reader.patch("/api/incidents/41", {"status": "Resolved"})) == (403, "Forbidden")
