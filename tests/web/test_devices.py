"""Devices: the list with its filters, one device, and who may see either."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import START, Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.devices.matching import Rule
from tidegate.devices.models import Device
from tidegate.devices.words import RuleOperator, RuleProperty

type Visit = Callable[..., Visitor]

MACHINE: dict[str, Any] = {
    "@odata.type": TYPE + "deviceEvidence",
    "verdict": "unknown",
    "mdeDeviceId": "abc1",
    "deviceDnsName": "mill-ws01.customer.example",
    "osPlatform": "WindowsServer2022",
    "osBuild": 20348,
    "version": "21H2",
    "healthStatus": "inactive",
    "riskScore": "high",
    "onboardingStatus": "onboarded",
    "defenderAvStatus": "notUpdated",
    "rbacGroupName": "File servers",
    "ipInterfaces": ["10.1.2.3", "fe80::1", "192.0.2.9"],
    "tags": ["crown jewels", "office"],
    "loggedOnUsers": [{"accountName": "m.dekkers", "domainName": "MILLS"}],
}


def machine(number: int, **changes: Any) -> dict[str, Any]:
    return MACHINE | {"mdeDeviceId": f"m{number}", "deviceDnsName": f"host{number:03}"} | changes


def alert_on(*machines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return graph_alert(**{"evidence": list(machines), **changes})


@pytest.fixture
def device(cast: Cast) -> Device:
    """The customer's device, which one open alert names, and the look-alike of the other tenant."""
    import_all(cast.other, [alert_on(MACHINE, title="Theirs", id="other1")])
    import_all(cast.customer, [alert_on(MACHINE, title="Odd sign-in", id="da1")])
    found: Device = Device.objects.of_tenant(cast.customer.id).get()
    return found


@pytest.mark.parametrize("name", ["reader", "analyst", "lead", "admin"])
def test_pages_are_shown_to_those_who_read_devices(visit: Visit, device: Device, name: str) -> None:
    listed = visit(name).get("/devices")
    shown = visit(name).get(f"/devices/{device.id}")

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "mill-ws01.customer.example" in text_of(listed)
    assert "mill-ws01.customer.example" in text_of(shown)


@pytest.mark.parametrize("name", ["member", "helper"])
def test_pages_without_role_are_refused(visit: Visit, cast: Cast, device: Device, name: str) -> None:
    for page in ("/devices", f"/devices/{device.id}"):
        response = visit(name).get(page)

        assert response.status_code == 403, page
        assert "device.read" in text_of(response)
        assert b"mill-ws01" not in response.content
        last = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence")[0]
        assert (last.tag, last.actor_email) == ("access.refused", cast.accounts[name].email)


def test_outsider_gets_what_an_absent_tenant_answers(visit: Visit, device: Device) -> None:
    for page in ("/devices", f"/devices/{device.id}"):
        theirs = visit("outsider").get(page)
        nobodys = visit("outsider").get(page, tid=str(uuid.uuid4()))

        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert b"mill-ws01" not in theirs.content


def test_device_of_another_tenant_is_not_found(visit: Visit, cast: Cast, device: Device) -> None:
    theirs = Device.objects.of_tenant(cast.other.id).get()

    assert visit("admin").get(f"/devices/{theirs.id}").status_code == 404
    assert visit("outsider", cast.other).get(f"/devices/{device.id}").status_code == 404
    assert visit("admin").get(f"/devices/{uuid.uuid4()}").status_code == 404


def test_signed_out_comes_back_after_signing_in(client: Any, cast: Cast) -> None:
    response = client.get("/devices", {"tid": str(cast.customer.id), "risk": "high"})

    assert response.status_code == 302
    assert response.url == f"/sign-in?next=%2Fdevices%3Ftid%3D{cast.customer.id}%26risk%3Dhigh"


def test_row_says_what_is_known(visit: Visit, device: Device) -> None:
    text = text_of(visit("reader").get("/devices"))

    for words in ("Windows Server 2022", "Inactive", "High", "Ungrouped devices", "crown jewels", "10.1.2.3"):
        assert words in text, words


def test_open_alerts_are_counted_once_per_alert(visit: Visit, cast: Cast, device: Device) -> None:
    again = MACHINE | {"verdict": "malicious"}
    import_all(
        cast.customer,
        [
            alert_on(MACHINE, again, id="da2", status="inProgress"),
            alert_on(MACHINE, id="da3", status="resolved"),
        ],
    )
    rows = visit("reader").get("/devices").context["rows"]

    assert [(row["device"].id, row["alerts"]) for row in rows] == [(device.id, 2)]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "MILL-ws"}, True),
        ({"q": "file serv"}, True),
        ({"q": "ABC1"}, True),
        ({"q": "10.1.2"}, True),
        ({"q": "FE80::1"}, True),
        ({"q": "192.0.2.9"}, True),
        ({"q": "10.9"}, False),
        ({"q": '", "'}, False),
        ({"q": "%"}, False),
        ({"q": "nowhere"}, False),
        ({"risk": "high"}, True),
        ({"risk": "low"}, False),
        ({"health": "inactive"}, True),
        ({"health": "active"}, False),
        ({"risk": "high", "health": "inactive", "q": "mill"}, True),
    ],
)
def test_filter_leaves_what_matches(
    visit: Visit, device: Device, params: dict[str, str], *, found: bool
) -> None:
    response = visit("reader").get("/devices", **params)

    assert response.status_code == 200
    assert [row["device"].id for row in response.context["rows"]] == ([device.id] if found else [])
    if not found:
        assert "No device matches these filters." in text_of(response)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"risk": "terrible"}, "risk"),
        ({"health": "<b>"}, "health"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "x" * 3000}, "cursor"),
    ],
)
def test_bad_parameter_is_a_clear_400(
    visit: Visit, device: Device, params: dict[str, str], field: str
) -> None:
    response = visit("reader").get("/devices", **params)

    assert response.status_code == 400
    assert f"{field} " in text_of(response)


def test_pages_follow_each_other_without_loss(visit: Visit, cast: Cast) -> None:
    import_all(cast.customer, [alert_on(*(machine(number) for number in range(60)))])
    visitor = visit("reader")

    first = visitor.get("/devices").context
    second = visitor.client.get(first["older_url"]).context
    back = visitor.client.get(second["newer_url"]).context

    names = [row["device"].dns_name for row in [*first["rows"], *second["rows"]]]
    assert (len(first["rows"]), len(second["rows"]), len(set(names))) == (50, 10, 60)
    assert [row["device"].id for row in back["rows"]] == [row["device"].id for row in first["rows"]]
    assert (first["newer_url"], second["older_url"]) == ("", "")


def test_newest_seen_stands_first(visit: Visit, cast: Cast) -> None:
    for number in range(3):
        at = (START + timedelta(days=number)).isoformat()
        changes = {"id": f"da{number}", "createdDateTime": at, "lastUpdateDateTime": at}
        import_all(cast.customer, [alert_on(machine(number), **changes)])

    rows = visit("reader").get("/devices").context["rows"]

    assert [row["device"].dns_name for row in rows] == ["host002", "host001", "host000"]


def test_device_shows_its_facts_alerts_and_incidents(visit: Visit, device: Device) -> None:
    response = visit("reader").get(f"/devices/{device.id}")
    text, page = text_of(response), response.content.decode()

    for words in ("21H2", "20348", "Onboarded", "Not up to date", "MILLS\\m.dekkers", "fe80::1", "office"):
        assert words in text, words
    assert str(device.id) in page
    assert "abc1" in page
    assert [row.alert.title for row in response.context["rows"]] == ["Odd sign-in"]
    assert [row.incident.number for row in response.context["incidents"]] == [41]
    tid = f"?tid={device.tenant_id}"
    assert f"/alerts/da1{tid}" in page
    assert f"/incidents/41{tid}" in page


def test_device_with_nothing_known_is_shown(visit: Visit, cast: Cast) -> None:
    bare = {"@odata.type": TYPE + "deviceEvidence", "verdict": "unknown", "mdeDeviceId": "d9"}
    import_all(cast.customer, [alert_on(bare)])
    found = Device.objects.of_tenant(cast.customer.id).get()

    assert visit("reader").get("/devices").status_code == 200
    response = visit("reader").get(f"/devices/{found.id}")
    assert "mde:d9" in text_of(response)
    assert "No tags." in text_of(response)


def test_hostile_names_are_inert(visit: Visit, cast: Cast) -> None:
    evil = machine(
        1,
        deviceDnsName="<script>x</script>\u202egpj.exe",
        rbacGroupName="<img src=x>",
        osPlatform="<u>",
        healthStatus="<i>odd",
        riskScore="<s>bad",
        tags=["<tag>\u202e", {"deep": ["<x>"]}, None],
        ipInterfaces=["<ip>", 7, None],
        loggedOnUsers=[{"accountName": "<acc>\u2066"}, "<plain>", 3, {"accountName": None}],
    )
    import_all(cast.customer, [alert_on(evil)])
    found = Device.objects.of_tenant(cast.customer.id).get()

    for path in ("/devices", f"/devices/{found.id}"):
        response = visit("reader").get(path)
        page = response.content.decode()

        assert response.status_code == 200
        for mark in ("<script>x", "<img src=x", "<u>", "<i>odd", "<s>bad", "<tag>", "<ip>", "<acc>"):
            assert mark not in page, mark
        assert "\u202e" not in page
        assert "\u2066" not in page
        assert "[U+202E]gpj.exe" in page


@pytest.mark.parametrize("name", ["reader", "analyst"])
def test_only_guests_leave_a_trace(visit: Visit, cast: Cast, device: Device, name: str) -> None:
    visit(name).get("/devices")
    visit(name).get(f"/devices/{device.id}")

    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag__startswith="device")
    wanted = [("devices.viewed", str(cast.customer.id)), ("device.viewed", str(device.id))]
    seen = list(events.order_by("sequence").values_list("tag", "target_id"))
    assert seen == (wanted if name == "analyst" else [])


def test_number_of_queries_does_not_grow(visit: Visit, cast: Cast) -> None:
    import_all(cast.customer, [alert_on(machine(0), id="a0")])
    first = Device.objects.of_tenant(cast.customer.id).get()
    visitor = visit("reader")
    pages = ("/devices", f"/devices/{first.id}")
    one = [_count(visitor, page) for page in pages]

    alerts = [alert_on(*map(machine, range(8)), id=f"a{n}", incidentId=str(50 + n)) for n in range(6)]
    import_all(cast.customer, alerts)

    assert [_count(visitor, page) for page in pages] == one


def _count(visitor: Visitor, path: str) -> int:
    visitor.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert visitor.get(path).status_code == 200
    return len(captured)


def test_the_tenants_own_group_stands_beside_that_of_the_source(
    visit: Visit, device: Device, cast: Cast
) -> None:
    rule = Rule(RuleProperty.NAME, RuleOperator.STARTS_WITH, ("mill-",))
    group = create_device_group(cast.enter("admin"), display_name="Mill floor", rules=[rule])
    shown = visit("reader").get(f"/devices/{device.id}")
    assert "Device group Mill floor" in text_of(shown)
    assert "Group at its source File servers" in text_of(shown)
    assert f"/device-groups/{group.id}" in shown.content.decode()
    analyst = visit("analyst")
    assert f"/device-groups/{group.id}" not in analyst.get(f"/devices/{device.id}").content.decode()
    assert "Mill floor" in text_of(analyst.get("/devices"))
    for text in ("mill floor", "file serv"):
        assert "mill-ws01" in text_of(analyst.get("/devices", q=text))
    assert "mill-ws01" not in text_of(analyst.get("/devices", q="cellar"))
