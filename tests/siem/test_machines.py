"""Machines of the Defender for Endpoint API."""

from typing import Any

import pytest

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_alert
from tests.devices.making import rule
from tests.siem.programs import DEVICE, Speaker, full_alert, read, speak
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.devices.models import Device

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def defender(cast: Cast) -> Speaker:
    import_all(cast.customer, [full_alert()])
    import_all(cast.other, [graph_alert(evidence=[DEVICE | {"mdeDeviceId": "theirs"}])])
    return speak(cast, Resource.DEFENDER)


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [machine["id"] for machine in read(response)["value"]]


def code(response: Any) -> tuple[int, str]:
    return response.status_code, read(response)["error"]["code"]


def tags_of(cast: Cast) -> list[str]:
    return list(Device.objects.of_tenant(cast.customer.id).get(mde_device_id="d1").tags)


def test_a_machine_in_defenders_words(defender: Speaker) -> None:
    machine = read(defender.get("/api/machines/d1"))

    told = {name: value for name, value in machine.items() if value is not None and "@" not in name}
    assert told == {
        "id": "d1",
        "computerDnsName": "pc1.corp.example",
        "firstSeen": "2026-03-01T10:00:00.123456Z",
        "lastSeen": "2026-03-01T10:00:00.123456Z",
        "osPlatform": "Windows11",
        "version": "23H2",
        "lastIpAddress": "10.0.0.7",
        "osBuild": 22631,
        "healthStatus": "Active",
        "rbacGroupName": "Plant",
        "riskScore": "High",
        "isAadJoined": True,
        "aadDeviceId": "aad-1",
        "machineTags": ["vip"],
        "onboardingStatus": "onboarded",
        "defenderAvStatus": "Updated",
        "ipAddresses": [{"ipAddress": "10.0.0.7", "macAddress": None, "operationalStatus": None}],
    }


@pytest.mark.parametrize("name", ["d1", "D1", "pc1.corp.example", "aad-1"])
def test_a_machine_is_found_by_each_of_its_names(defender: Speaker, name: str) -> None:
    assert read(defender.get(f"/api/machines/{name}"))["id"] == "d1"


def test_a_machine_without_an_id_of_defender_is_found_by_the_one_it_has_here(
    cast: Cast, defender: Speaker
) -> None:
    nameless = {"@odata.type": DEVICE["@odata.type"], "deviceDnsName": "pc3.corp.example"}
    import_all(cast.customer, [graph_alert(id="x", evidence=[nameless])])
    own_id = str(Device.objects.of_tenant(cast.customer.id).get(dns_name="pc3.corp.example").id)

    assert read(defender.get("/api/machines/pc3.corp.example"))["id"] == own_id
    assert read(defender.get(f"/api/machines/{own_id}"))["computerDnsName"] == "pc3.corp.example"


@pytest.mark.parametrize("name", ["theirs", "d2", "00000000-0000-4000-8000-000000000000", "%", "a\0b"])
def test_others_machines_are_not_there(defender: Speaker, name: str) -> None:
    assert code(defender.get(f"/api/machines/{name}")) == (404, "NotFound")


@pytest.mark.parametrize(
    "text",
    [
        "healthStatus eq 'Active'",
        "riskScore eq 'High' and osPlatform eq 'Windows11'",
        "startswith(computerDnsName,'PC1')",
        "machineTags/any(tag: tag eq 'vip')",
        "lastSeen gt 2026-03-01Z",
        "onboardingStatus eq 'Onboarded'",
        "exposureLevel eq null and rbacGroupId eq null",
    ],
)
def test_filters(defender: Speaker, text: str) -> None:
    assert ids(defender.get("/api/machines", **{"$filter": text})) == ["d1"]


def test_no_machine_is_not_found(cast: Cast, defender: Speaker) -> None:
    assert code(defender.get("/api/machines", **{"$filter": "riskScore eq 'Low'"})) == (
        404,
        "ResourceNotFound",
    )
    empty = speak(cast, Resource.DEFENDER, tenant=cast.provider)
    assert code(empty.get("/api/machines")) == (404, "ResourceNotFound")


def test_alerts_of_a_machine(cast: Cast, defender: Speaker) -> None:
    import_all(cast.customer, [graph_alert(id="elsewhere", evidence=[])])

    assert [alert["id"] for alert in read(defender.get("/api/machines/d1/alerts"))["value"]] == ["da1"]


def test_a_tag_given_stays_whatever_the_source_says_and_places_the_machine(
    cast: Cast, defender: Speaker
) -> None:
    create_device_group(cast.enter("admin"), display_name="Kiosks", rules=[rule("tag", "equals", "kiosk")])
    machine = read(defender.post("/api/machines/d1/tags", {"Value": " kiosk ", "Action": "Add"}))
    assert machine["machineTags"] == ["vip", "kiosk"]
    device = Device.objects.of_tenant(cast.customer.id).select_related("device_group").get(mde_device_id="d1")
    assert device.device_group.display_name == "Kiosks"
    event = AuditEvent.rows.get(tag="device.tagged")
    assert (event.target_name, event.tenant_id) == ("pc1.corp.example", cast.customer.id)

    later = {"lastUpdateDateTime": "2026-03-09T10:00:00Z", "lastActivityDateTime": "2026-03-09T10:00:00Z"}
    import_all(cast.customer, [graph_alert(evidence=[DEVICE | {"tags": ["other"]}], **later)])
    assert tags_of(cast) == ["other", "kiosk"]

    defender.post("/api/machines/d1/tags", {"Value": "KIOSK", "Action": "remove"})
    assert tags_of(cast) == ["other"]


def test_a_tag_twice_is_one_and_changes_nothing(cast: Cast, defender: Speaker) -> None:
    for value in ("VIP", "vip"):
        defender.post("/api/machines/d1/tags", {"Value": value, "Action": "Add"})

    assert tags_of(cast) == ["vip"]
    assert AuditEvent.rows.filter(tag="device.tagged").count() == 1


def test_machines_are_tagged_together_or_not_at_all(cast: Cast, defender: Speaker) -> None:
    import_all(cast.customer, [graph_alert(id="x", evidence=[DEVICE | {"mdeDeviceId": "d2"}])])
    path, wish = "/api/machines/AddOrRemoveTagForMultipleMachines", {"Value": "lab", "Action": "Add"}

    assert code(defender.post(path, {**wish, "MachineIds": ["d1", "theirs"]})) == (404, "NotFound")
    assert "lab" not in tags_of(cast)
    assert defender.post(path, {**wish, "MachineIds": ["d1", "d2"]}).status_code == 200
    assert "lab" in tags_of(cast)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"Action": "Add"}, "MissingRequiredParameter"),
        ({"Value": "x"}, "MissingRequiredParameter"),
        ({"value": "x", "action": "Add"}, "MissingRequiredParameter"),
        ({"Value": "x", "Action": "Set"}, "InvalidInput"),
        ({"Value": "x" * 201, "Action": "Add"}, "InvalidInput"),
        ({"Value": ["x"], "Action": "Add"}, "InvalidRequestBody"),
    ],
)
def test_bad_tags_are_refused(cast: Cast, defender: Speaker, body: Any, expected: str) -> None:
    assert code(defender.post("/api/machines/d1/tags", body)) == (400, expected)
    assert tags_of(cast) == ["vip"]


def test_who_may_read_machines_may_not_tag_them(cast: Cast, defender: Speaker) -> None:
    reader = speak(cast, Resource.DEFENDER, "Machine.Read.All", program=defender.program)
    refused = reader.post("/api/machines/d1/tags", {"Value": "x", "Action": "Add"})

    assert code(refused) == (403, "Forbidden")
    assert code(reader.get("/api/machines/d1/alerts")) == (403, "Forbidden")
