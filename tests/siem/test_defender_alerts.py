"""Alerts of the Defender for Endpoint API: in its words, filtered by its names, changed as it has it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.siem.programs import DEVICE, Speaker, full_alert, read, speak
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.feeds.changes import read_changes
from tidegate.feeds.subscribed import ChangeType, Collection
from tidegate.incidents.models import Alert, Detection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

EVENT = {
    "machineId": "d1",
    "severity": "Low",
    "title": "Odd tool",
    "description": "Somebody ran an odd tool.",
    "recommendedAction": "Ask them.",
    "eventTime": "2026-03-10T08:30:00Z",
    "reportId": "20776",
    "category": "Exploit",
}


@pytest.fixture
def defender(cast: Cast) -> Speaker:
    import_all(cast.customer, [full_alert()])
    import_all(cast.other, [full_alert(id="theirs")])
    return speak(cast, Resource.DEFENDER)


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [alert["id"] for alert in read(response)["value"]]


def code(response: Any) -> tuple[int, str]:
    return response.status_code, read(response)["error"]["code"]


def alert_of(cast: Cast, external_id: str = "da1") -> Alert:
    return Alert.objects.of_tenant(cast.customer.id).get(external_id=external_id)


def test_an_alert_in_defenders_words(cast: Cast, defender: Speaker) -> None:
    alert = read(defender.get("/api/alerts/da1"))

    assert alert.pop("@odata.context") == "http://testserver/api/$metadata#Alerts/$entity"
    evidence = alert.pop("evidence")
    assert alert == {
        "id": "da1",
        "incidentId": 41,
        "investigationId": None,
        "assignedTo": None,
        "severity": "Medium",
        "status": "New",
        "classification": None,
        "determination": None,
        "investigationState": "UnsupportedAlertType",
        "detectionSource": "AzureATP",
        "detectorId": None,
        "category": "Malware",
        "threatFamilyName": None,
        "title": "Odd sign-in",
        "description": "",
        "recommendedAction": "",
        "alertCreationTime": "2026-03-01T10:00:00.123456Z",
        "firstEventTime": "2026-03-01T10:00:00.123456Z",
        "lastEventTime": "2026-03-01T10:00:00.123456Z",
        "lastUpdateTime": alert["lastUpdateTime"],
        "resolvedTime": None,
        "machineId": "d1",
        "computerDnsName": "pc1.corp.example",
        "rbacGroupName": "Plant",
        "aadTenantId": str(cast.customer.id),
        "threatName": None,
        "mitreTechniques": [],
        "relatedUser": {"userName": "ann", "domainName": "CORP"},
        "loggedOnUsers": [{"accountName": "ann", "domainName": "CORP"}],
        "comments": [],
    }
    assert [each["entityType"] for each in evidence] == ["File", "User", "Ip", "Url"]
    assert {name: value for name, value in evidence[0].items() if value is not None} == {
        "entityType": "File",
        "sha1": "5f1e",
        "sha256": "8963",
        "fileName": "a.exe",
        "filePath": "C:\\Temp",
        "detectionStatus": "Detected",
    }


def test_the_list_is_odata_and_its_evidence_is_there_when_it_is_asked_for(defender: Speaker) -> None:
    plain = read(defender.get("/api/alerts"))
    whole = read(defender.get("/api/v1.0/alerts", **{"$expand": "evidence", "$count": "true"}))

    assert plain["@odata.context"] == "http://testserver/api/$metadata#Alerts"
    assert [alert["evidence"] for alert in plain["value"]] == [[]]
    assert whole["@odata.count"] == 1
    assert len(whole["value"][0]["evidence"]) == 4
    chosen = read(defender.get("/api/alerts", **{"$select": "id,severity"}))
    assert chosen["value"] == [{"id": "da1", "severity": "Medium"}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("severity eq 'Medium' and status eq 'New'", True),
        ("severity eq 'high'", False),
        ("alertCreationTime gt 2026-03-01T09:00:00Z", True),
        ("alertCreationTime+gt+2026-03-01T09:00:00Z", True),
        ("(alertCreationTime ge 2026-03-01T10:00:00.1234567Z)", True),
        ("lastUpdateTime ge 2026-03-10T09:00:00Z", True),
        ("lastEventTime lt 2026-03-01T00:00:00Z", False),
        ("incidentId eq 41", True),
        ("incidentId eq '41'", True),
        ("incidentId gt 9223372036854775806", False),
        ("InvestigationId eq null", True),
        ("investigationId eq 5", False),
        ("id eq 'da1' or id eq 'theirs'", True),
        ("detectionSource eq 'AzureATP'", True),
        ("detectionSource eq 'WindowsDefenderAtp'", False),
        ("assignedTo eq null", True),
        ("category eq 'malware'", True),
        ("classification eq null and determination eq null", True),
    ],
)
def test_filters(defender: Speaker, text: str, found: bool) -> None:  # noqa: FBT001
    assert ids(defender.get("/api/alerts", **{"$filter": text})) == (["da1"] if found else [])


@pytest.mark.parametrize(
    "options",
    [
        {"$filter": "severity eq 'Terrible'"},
        {"$filter": "machineTags eq 'x'"},
        {"$filter": "severity eq"},
        {"$top": "10001"},
        {"$top": "-1"},
        {"$orderby": "comments"},
        {"$expand": "incident"},
        {"$search": "x"},
        {"$skiptoken": "x"},
    ],
)
def test_what_is_not_supported_is_said(defender: Speaker, options: Any) -> None:
    response = defender.get("/api/alerts", **options)

    assert code(response) == (400, "ODataError")
    assert next(iter(options)) in read(response)["error"]["message"]


def test_order_and_pages(cast: Cast, defender: Speaker) -> None:
    import_all(
        cast.customer,
        [graph_alert(id=f"n{n}", createdDateTime=f"2026-03-02T10:00:0{n}Z") for n in range(4)],
    )

    assert ids(defender.get("/api/alerts")) == ["n3", "n2", "n1", "n0", "da1"]
    oldest_first = {"$orderby": "alertCreationTime asc", "$top": 2}
    assert ids(defender.get("/api/alerts", **oldest_first)) == ["da1", "n0"]
    assert ids(defender.get("/api/alerts", **oldest_first, **{"$skip": 4})) == ["n3"]
    limited = read(defender.get("/api/alerts", **{"$top": 2}))
    assert "@odata.nextLink" not in limited


def test_a_list_costs_the_same_for_one_and_for_many(
    cast: Cast, defender: Speaker, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    defender.get("/api/alerts").getvalue()
    for _ in range(2):
        with django_assert_num_queries(3 + 1 + 2 + 1 + 4):
            # The token's tenant, the limit, how far the ledger is and the tenant, the rows, the ledger.
            defender.get("/api/alerts").getvalue()
        import_all(cast.customer, [graph_alert(id=f"more{n}") for n in range(3)])


def test_a_change_is_made_whole_and_answered_with_the_alert(cast: Cast, defender: Speaker) -> None:
    body = {
        "status": "Resolved",
        "assignedTo": "analyst@provider.example",
        "classification": "TruePositive",
        "determination": "CompromisedUser",
        "comment": "Was a real one.",
    }
    response = defender.patch("/api/alerts/da1", body)

    assert response.status_code == 200
    answered = read(response)
    assert {name: answered[name] for name in ("status", "assignedTo", "classification", "determination")} == {
        name: body[name] for name in ("status", "assignedTo", "classification", "determination")
    }
    assert answered["comments"] == [
        {"comment": "Was a real one.", "createdBy": "Harbour SIEM", "createdTime": "2026-03-10T09:00:00Z"}
    ]
    assert alert_of(cast).determination == "compromisedAccount"
    tags = (
        AuditEvent.rows.filter(tenant_id=cast.customer.id).order_by("sequence").values_list("tag", flat=True)
    )
    assert list(tags)[-4:] == [
        "alert.status_changed",
        "alert.classified",
        "alert.assigned",
        "alert.commented",
    ]


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("Clean", "notMalicious"),
        ("NotMalicious", "notMalicious"),
        ("InsufficientData", "notEnoughDataToValidate"),
        ("ConfirmedActivity", "confirmedActivity"),
        ("ConfirmedUserActivity", "confirmedActivity"),
        ("compromisedaccount", "compromisedAccount"),
        (None, "unknown"),
    ],
)
def test_both_spellings_of_a_determination_are_read(
    cast: Cast, defender: Speaker, word: str | None, kept: str
) -> None:
    assert defender.patch("/api/alerts/da1", {"determination": word}).status_code == 200
    assert alert_of(cast).determination == kept


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", "InvalidRequestBody"),
        ([1], "InvalidRequestBody"),
        ({"status": 7}, "InvalidRequestBody"),
        ({"status": "Open"}, "InvalidInput"),
        ({"classification": "Perhaps"}, "InvalidInput"),
        ({"comment": "x" * 10_001}, "InvalidInput"),
    ],
)
def test_a_bad_change_changes_nothing(cast: Cast, defender: Speaker, body: Any, expected: str) -> None:
    if isinstance(body, dict):
        body = {"assignedTo": "somebody", **body}
    assert code(defender.patch("/api/alerts/da1", body)) == (400, expected)
    assert alert_of(cast).assigned_to == ""


def test_many_are_changed_at_once_or_none(cast: Cast, defender: Speaker) -> None:
    import_all(cast.customer, [graph_alert(id="da2")])
    wish = {"status": "InProgress", "comment": "On it"}
    refused = defender.post("/api/alerts/batchUpdate", {"alertIds": ["da1", "theirs"], **wish})
    assert code(refused) == (404, "NotFound")
    assert alert_of(cast).status == "new"

    done = defender.post("/api/alerts/batchUpdate", {"alertIds": ["da2", "da1", "da1"], **wish})

    assert (done.status_code, done.content) == (200, b"")
    assert {alert_of(cast, name).status for name in ("da1", "da2")} == {"inProgress"}
    assert len(read(defender.get("/api/alerts/da1"))["comments"]) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "MissingRequiredParameter"),
        ({"alertIds": []}, "MissingRequiredParameter"),
        ({"alertIds": "da1"}, "InvalidRequestBody"),
        ({"alertIds": ["x"] * 501}, "MaximumBatchSizeExceeded"),
    ],
)
def test_bad_batches_are_refused(defender: Speaker, body: Any, expected: str) -> None:
    assert code(defender.post("/api/alerts/batchUpdate", body)) == (400, expected)


def test_an_alert_is_made_of_an_event_and_the_next_of_its_title_joins_it(
    cast: Cast, defender: Speaker
) -> None:
    first = read(defender.post("/api/alerts/CreateAlertByReference", EVENT))
    with standing_at(NOW + timedelta(minutes=1)):
        again = {**EVENT, "eventTime": "2026-03-10T08:50:00Z", "reportId": "20777"}
        second = read(defender.post("/api/alerts/createAlertByReference", again))
        other = read(defender.post("/api/alerts/CreateAlertByReference", {**EVENT, "title": "Other"}))

    assert (first["title"], first["severity"], first["machineId"]) == ("Odd tool", "Low", "d1")
    assert (first["lastEventTime"], first["detectionSource"]) == ("2026-03-10T08:30:00Z", "CustomDetection")
    assert first["recommendedAction"] == "Ask them."
    assert (second["id"], second["lastEventTime"]) == (first["id"], "2026-03-10T08:50:00Z")
    assert other["id"] != first["id"]
    told = Detection.objects.of_tenant(cast.customer.id).filter(alert__external_id=first["id"])
    assert told.count() == 2
    events = list(AuditEvent.rows.filter(target_id=first["id"]).order_by("sequence"))
    assert [event.tag for event in events] == ["alert.created", "alert.detection_added"]
    changes = read_changes(cast.customer.id, events)
    assert [(change.collection, change.change_type) for change in changes] == [
        (Collection.ALERTS, ChangeType.CREATED),
        (Collection.INCIDENTS, ChangeType.CREATED),
        (Collection.ALERTS, ChangeType.UPDATED),
        (Collection.INCIDENTS, ChangeType.UPDATED),
    ]


def test_an_event_joins_no_alert_that_was_resolved(cast: Cast, defender: Speaker) -> None:
    first = read(defender.post("/api/alerts/CreateAlertByReference", EVENT))
    defender.patch(f"/api/alerts/{first['id']}", {"status": "Resolved"})

    assert read(defender.post("/api/alerts/CreateAlertByReference", EVENT))["id"] != first["id"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        *(({name: None}, (400, "MissingRequiredParameter")) for name in EVENT),
        ({"severity": "UnSpecified"}, (400, "InvalidInput")),
        ({"eventTime": "yesterday"}, (400, "InvalidInput")),
        ({"eventTime": "2027-03-10T08:30:00Z"}, (400, "InvalidInput")),
        ({"title": "a\x00b"}, (400, "InvalidInput")),
        ({"machineId": "d2"}, (404, "ResourceNotFound")),
    ],
)
def test_a_bad_event_makes_nothing(cast: Cast, defender: Speaker, changes: Any, expected: Any) -> None:
    assert code(defender.post("/api/alerts/CreateAlertByReference", {**EVENT, **changes})) == expected
    assert Alert.objects.of_tenant(cast.customer.id).count() == 1


def test_what_an_alert_names_kind_by_kind(defender: Speaker) -> None:
    def named(kind: str) -> Any:
        return read(defender.get(f"/api/alerts/da1/{kind}"))

    assert named("machine")["id"] == "d1"
    assert [file["sha256"] for file in named("files")["value"]] == ["8963"]
    assert named("ips")["value"] == [{"id": "203.0.113.9"}]
    assert named("domains")["value"] == [{"host": "evil.example"}]
    assert (named("user")["id"], named("user")["accountSid"]) == ("corp\\ann", "S-1-5-21-7")


def test_what_an_alert_does_not_name_is_not_there(cast: Cast, defender: Speaker) -> None:
    import_all(cast.customer, [graph_alert(id="bare", evidence=[])])

    assert code(defender.get("/api/alerts/bare/machine")) == (404, "ResourceNotFound")
    assert code(defender.get("/api/alerts/bare/user")) == (404, "ResourceNotFound")
    assert read(defender.get("/api/alerts/bare/files"))["value"] == []


def test_reading_is_not_changing(cast: Cast, defender: Speaker) -> None:
    reader = speak(cast, Resource.DEFENDER, "Alert.Read.All", program=defender.program)

    assert code(reader.patch("/api/alerts/da1", {"status": "Resolved"})) == (403, "Forbidden")
    assert code(reader.post("/api/alerts/CreateAlertByReference", EVENT)) == (403, "Forbidden")
    assert AuditEvent.rows.filter(tag="access.refused", tenant_id=cast.customer.id).count() == 2


def test_the_two_apis_at_one_address(cast: Cast, defender: Speaker, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    siem = speak(cast, Resource.SIEM, program=defender.program)
    both = defender.program.header(cast.customer, None, "Alerts.Fetch.All", "Alert.ReadWrite.All")
    old_host = {"Host": "wdatp-alertexporter-eu.windows.com"}

    def answer(headers: dict[str, str], path: str = "/api/alerts") -> type[Any]:
        return type(read(Client().get(path, headers=headers)))

    assert answer(siem.headers()) is list
    assert answer(defender.headers()) is dict
    assert answer(both) is dict
    assert answer(both, "/api/alerts?ago=PT1H") is list
    assert answer({**both, **old_host}) is list


def test_addresses_that_are_not_served_and_methods(defender: Speaker) -> None:
    assert code(defender.get("/api/files/5f1e")) == (404, "NotFound")
    assert code(defender.post("/api/alerts/da1", {})) == (405, "BadRequest")
    assert code(Client().get("/api/nothing")) == (401, "Unauthorized")


def test_hidden_devices_machine_field_is_of_the_first_device(cast: Cast, defender: Speaker) -> None:
    import_all(cast.customer, [graph_alert(id="two", evidence=[DEVICE | {"mdeDeviceId": "d9"}, DEVICE])])

    assert read(defender.get("/api/alerts/two"))["machineId"] == "d9"
