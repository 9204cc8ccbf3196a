"""A program that acts for a person sees what the person sees, and nothing of devices hidden from them."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.applications import delegated_permissions, let_in, make_program
from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, graph_incident, siem_detection
from tests.devices.making import device_evidence, hide
from tests.siem.programs import read
from tidegate.authorization.api_permissions import Resource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SCOPES = {
    Resource.SIEM: "Alerts.Fetch",
    Resource.DEFENDER: "Alert.ReadWrite",
    Resource.DEFENDER_XDR: "Incident.ReadWrite",
}


@pytest.fixture
def ask(cast: Cast) -> Any:
    """Ask an API as the analyst, from whom the devices called `secret` are hidden."""
    program = make_program(cast)
    for resource, value in SCOPES.items():
        let_in(program, cast.customer, *delegated_permissions(resource, value))
    on_secret = {
        "@odata.type": TYPE + "fileEvidence",
        "mdeDeviceId": "id-secret-1",
        "fileDetails": {"fileName": "hidden.exe"},
    }
    link = {"@odata.type": TYPE + "urlEvidence", "url": "secret-1.corp.example"}
    both = [device_evidence("secret-1"), device_evidence("open-1"), on_secret, link]
    import_all(
        cast.customer,
        [
            graph_incident(
                graph_alert(id="both", evidence=both),
                graph_alert(id="hidden", evidence=[device_evidence("secret-1"), on_secret]),
                graph_alert(id="none", evidence=[]),
            ),
            siem_detection(AlertId="told", FullId="told:1", DeviceID="id-secret-1", FileName="hidden.exe"),
            siem_detection(AlertId="told", FullId="told:2", DeviceID="id-open-1", FileName="open.exe"),
        ],
    )
    hide(cast, "secret")

    def send(resource: Resource, path: str, name: str = "analyst", method: str = "get") -> Any:
        header = program.header(cast.customer, resource, SCOPES[resource], user=cast.user(name))
        response = getattr(Client(), method)(path, headers=header)
        body = response.getvalue()
        assert b"hidden.exe" not in body
        assert b"secret-1" not in body or response.status_code == 404
        return HttpResponse(body, status=response.status_code)

    return send


def test_detections(ask: Any) -> None:
    found = read(ask(Resource.SIEM, "/api/alerts?ago=PT9H"))

    assert [(row["AlertId"], row["DeviceID"], row["Url"]) for row in found] == [
        ("both", "id-open-1", ""),
        ("none", "", ""),
        ("told", "id-open-1", ""),
    ]
    assert read(ask(Resource.SIEM, "/api/alerts?machinegroups=Hidden")) == []


def test_alerts(ask: Any) -> None:
    found = read(ask(Resource.DEFENDER, "/api/alerts?$expand=evidence&$orderby=id"))["value"]

    assert {alert["id"]: alert["machineId"] for alert in found} == {
        "both": "id-open-1",
        "none": None,
        "told": "id-open-1",
    }
    for path in ("/api/alerts/hidden", "/api/alerts/hidden/files", "/api/machines/id-secret-1"):
        assert ask(Resource.DEFENDER, path).status_code == 404
    assert read(ask(Resource.DEFENDER, "/api/alerts/both/files"))["value"] == []
    assert read(ask(Resource.DEFENDER, "/api/alerts/both/machine"))["id"] == "id-open-1"
    machines = read(ask(Resource.DEFENDER, "/api/machines"))["value"]
    assert [machine["id"] for machine in machines] == ["id-open-1"]


def test_incidents(ask: Any) -> None:
    incident = read(ask(Resource.DEFENDER_XDR, "/api/incidents/41"))

    assert [alert["alertId"] for alert in incident["alerts"]] == ["both", "none"]
    assert [device["mdatpDeviceId"] for device in incident["alerts"][0]["devices"]] == ["id-open-1"]
    assert len(read(ask(Resource.DEFENDER_XDR, "/api/incidents"))["value"]) == 2


def test_a_guest_whose_role_lets_them_see_nothing_sees_nothing(ask: Any) -> None:
    assert ask(Resource.SIEM, "/api/alerts", name="helper").status_code == 403
    assert ask(Resource.DEFENDER, "/api/alerts/none", name="helper").status_code == 403
