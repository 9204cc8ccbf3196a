"""Links in the spellings of Microsoft's portal, from old mails and playbooks."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tests.web.conftest import Visitor, text_of
from tidegate.devices.models import Device

type Visit = Callable[..., Visitor]

MACHINE = {
    "@odata.type": TYPE + "deviceEvidence",
    "verdict": "unknown",
    "mdeDeviceId": "ABCDEF0123",
    "deviceDnsName": "mill-ws01",
}
STATIC = (
    ("/homepage", "/"),
    ("/machines", "/devices"),
    ("/alert/da1", "/alerts/da1"),
    ("/alert/da637_-12%203", "/alerts/da637_-12%203"),
    ("/incident/41", "/incidents/41"),
)


@pytest.fixture
def device(cast: Cast) -> Device:
    """The customer's device and alert; the other tenant has the same ids under another incident."""
    import_all(cast.other, [graph_alert(evidence=[MACHINE], incidentId="99")])
    import_all(cast.customer, [graph_alert(evidence=[MACHINE])])
    found: Device = Device.objects.of_tenant(cast.customer.id).get()
    return found


@pytest.mark.parametrize(("old", "new"), STATIC)
def test_old_spelling_leads_to_our_page_with_every_parameter(
    visit: Visit, cast: Cast, old: str, new: str
) -> None:
    response = visit("reader").get(old, q="a b&c", severity="high")

    assert response.status_code == 302
    assert urlsplit(response.url)[:3] == ("", "", new)
    assert _params(response) == {"tid": [str(cast.customer.id)], "q": ["a b&c"], "severity": ["high"]}


@pytest.mark.parametrize("old", [old for old, _new in STATIC])
def test_old_spelling_works_without_tid(visit: Visit, cast: Cast, old: str) -> None:
    response: Any = visit("reader").client.get(old)

    assert response.status_code == 302
    assert "?" not in response.url


@pytest.mark.parametrize("old", ["/homepage", "/machines", "/incident/41", "/alert/da1"])
def test_old_links_end_on_a_page(visit: Visit, device: Device, old: str) -> None:
    visitor = visit("reader")
    assert visitor.client.get(visitor.get(old).url).status_code == 200


def test_machine_leads_to_its_device_in_this_tenant(visit: Visit, cast: Cast, device: Device) -> None:
    for name in ("ABCDEF0123", "abcdef0123"):
        response = visit("reader").get(f"/machines/{name}", tab="overview")

        assert response.status_code == 302
        assert urlsplit(response.url).path == f"/devices/{device.id}"
        assert _params(response) == {"tid": [str(cast.customer.id)], "tab": ["overview"]}


def test_machine_that_is_not_there_is_not_found(visit: Visit, cast: Cast, device: Device) -> None:
    import_all(cast.other, [graph_alert(evidence=[MACHINE | {"mdeDeviceId": "theirs"}], id="da2")])

    for name in ("absent", "theirs", "%00", "a" * 3000):
        assert visit("reader").get(f"/machines/{name}").status_code == 404, name


@pytest.mark.parametrize("old", ["/machines/ABCDEF0123", "/incidents/byalert"])
def test_gate_and_role_decide_before_anything_is_looked_up(visit: Visit, device: Device, old: str) -> None:
    params = {"alertId": "da1"}

    assert visit("member").get(old, **params).status_code == 403
    assert visit("helper").get(old, **params).status_code == 403
    theirs = visit("outsider").get(old, **params)
    absent = visit("outsider").get(old, **params, tid=str(uuid.uuid4()))
    assert (theirs.status_code, absent.status_code) == (404, 404)


def test_incident_of_alert_is_that_of_this_tenant(visit: Visit, cast: Cast, device: Device) -> None:
    response = visit("analyst").get("/incidents/byalert", alertId="da1", source="SIEM")

    assert response.status_code == 302
    assert urlsplit(response.url).path == "/incidents/41"
    wanted = {"tid": [str(cast.customer.id)], "alertId": ["da1"], "source": ["SIEM"]}
    assert _params(response) == wanted

    other = visit("outsider", cast.other).get("/incidents/byalert", alertId="da1")
    assert urlsplit(other.url).path == "/incidents/99"


def test_incident_of_unseen_alert_is_not_found(visit: Visit, cast: Cast, device: Device) -> None:
    import_all(cast.other, [graph_alert(id="theirs")])

    for alert_id in ("theirs", "absent", "a\0b", "x" * 3000, "<b>"):
        response = visit("reader").get("/incidents/byalert", alertId=alert_id)
        assert response.status_code == 404, alert_id
        assert b"<b>" not in response.content.partition(b"<main")[2].partition(b"<h1")[2]


def test_incident_of_no_alert_names_the_parameter(visit: Visit, device: Device) -> None:
    for params in ({}, {"alertId": ""}):
        response = visit("reader").get("/incidents/byalert", source="SIEM", **params)

        assert response.status_code == 400
        assert "alertId" in text_of(response)


@pytest.mark.parametrize(
    "path",
    [
        "/alert//evil.example",
        "/alert/%2F%2Fevil.example",
        "/alert/https:%2F%2Fevil.example",
        "/alert/\\evil.example",
        "/homepage?next=//evil.example",
        "/machines?tid=//evil.example",
        "/alert/a%0D%0ALocation:%20x",
    ],
)
def test_nothing_leads_out_of_the_site(visit: Visit, cast: Cast, path: str) -> None:
    response: Any = visit("reader").client.get(path)

    if response.status_code == 302:
        to = urlsplit(response.url)
        assert (to.scheme, to.netloc) == ("", "")
        assert response.url.startswith("/")
        assert not response.url.startswith(("//", "/\\"))
        assert "\n" not in response.url
    else:
        assert response.status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "9" * 5000])
def test_odd_incident_numbers_are_not_found(visit: Visit, cast: Cast, number: str) -> None:
    visitor = visit("reader")
    response = visitor.get(f"/incident/{number}")

    if response.status_code == 302:
        response = visitor.client.get(response.url)
    assert response.status_code == 404


@pytest.mark.parametrize(
    "old", ["/homepage", "/machines", "/machines/ABCDEF0123", "/incident/41", "/incidents/byalert"]
)
def test_signed_out_people_sign_in_and_land_on_the_target(
    client: Any, cast: Cast, device: Device, old: str
) -> None:
    address = f"{old}?tid={cast.customer.id}&alertId=da1"

    response = client.get(address)
    if not response.url.startswith("/sign-in"):
        address = response.url
        response = client.get(address)
    assert response.status_code == 302
    assert parse_qs(urlsplit(response.url).query)["next"] == [address]

    client.force_login(cast.accounts["reader"])
    landed = client.get(address, follow=True)
    assert landed.status_code == 200
    assert all(not url.startswith("/sign-in") for url, _status in landed.redirect_chain)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_old_links_are_only_read(visit: Visit, cast: Cast, method: str) -> None:
    client = visit("reader").client
    for path in ("/homepage", "/machines", "/alert/x", "/incident/1", "/incidents/byalert", "/machines/x"):
        assert getattr(client, method)(path).status_code == 405, path


def _params(response: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(response.url).query)
