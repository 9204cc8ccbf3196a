"""The SIEM API: what is asked for comes, once, in order, and nothing of anybody else's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.applications import app_permissions, let_in, make_program
from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import siem_detection
from tests.siem.programs import DEVICE, Speaker, full_alert, read, speak
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.incidents.detections.form import FIELDS
from tidegate.incidents.models import Detection

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def siem(cast: Cast) -> Speaker:
    return speak(cast, Resource.SIEM)


def take(cast: Cast, *records: Any, at: datetime = NOW) -> None:
    with standing_at(at):
        import_all(cast.customer, records)


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [body["AlertId"] for body in read(response)]


def test_detections_are_a_bare_array_of_all_members_in_microsofts_order(cast: Cast, siem: Speaker) -> None:
    take(cast, full_alert())

    response = siem.get("/api/alerts")

    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert [list(body) for body in read(response)] == [list(FIELDS)]


def test_nothing_is_an_empty_array(siem: Speaker) -> None:
    assert read(siem.get("/api/alerts")) == []


def test_the_last_two_hours_unless_a_time_is_given(cast: Cast, siem: Speaker) -> None:
    take(cast, full_alert(id="old"), at=NOW - timedelta(hours=3))
    take(cast, full_alert(id="new"), at=NOW - timedelta(minutes=30))

    assert ids(siem.get("/api/alerts")) == ["new"]
    assert ids(siem.get("/api/alerts", ago="PT4H")) == ["old", "new"]
    assert ids(siem.get("/api/alerts", ago="PT10M")) == []
    assert ids(siem.get("/api/alerts", sinceTimeUtc="2026-03-10T06:00:00Z")) == ["old", "new"]
    assert ids(siem.get("/api/alerts", SINCETIMEUTC="2026-03-10", untilTimeUtc="2026-03-10T07:00:00")) == [
        "old"
    ]
    assert ids(siem.get("/api/alerts", sinceTimeUtc="2030-01-01T00:00:00+01:00")) == []


def test_both_ends_of_the_window_belong_to_it(cast: Cast, siem: Speaker) -> None:
    take(cast, *(full_alert(id=name) for name in "abcd"))
    times = [body["LastProcessedTimeUtc"] for body in read(siem.get("/api/alerts"))]

    assert ids(siem.get("/api/alerts", sinceTimeUtc=times[1], untilTimeUtc=times[2])) == ["b", "c"]


def test_limit_keeps_the_newest(cast: Cast, siem: Speaker) -> None:
    take(cast, *(full_alert(id=name) for name in "abcd"))

    assert [ids(siem.get("/api/alerts", limit=n)) for n in (2, 9, 0)] == [
        ["c", "d"],
        ["a", "b", "c", "d"],
        [],
    ]


def test_machine_groups_and_tags_narrow(cast: Cast, siem: Speaker) -> None:
    other = DEVICE | {"mdeDeviceId": "d2", "rbacGroupName": "Office", "tags": ["Line 2", "spare"]}
    take(
        cast,
        full_alert(id="plant"),
        full_alert(id="office") | {"evidence": [other]},
        siem_detection(AlertId="told", DeviceCreatedMachineTags="vip, reg", MachineGroup="Yard"),
    )

    assert ids(
        Client().get("/api/alerts?machinegroups=plant&machinegroups=Yard", headers=siem.headers())
    ) == [
        "plant",
        "told",
    ]
    assert ids(siem.get("/api/alerts", machinegroups="Ungrouped devices")) == ["plant", "office"]
    assert ids(siem.get("/api/alerts", CloudCreatedMachineTags="line 2")) == ["office"]
    assert ids(siem.get("/api/alerts", CloudCreatedMachineTags="spare,vip")) == ["plant", "office"]
    assert ids(siem.get("/api/alerts", DeviceCreatedMachineTags="reg")) == ["told"]
    assert ids(siem.get("/api/alerts", machinegroups="%")) == []


def test_more_than_a_block_comes_whole(
    cast: Cast, siem: Speaker, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take(cast, *(full_alert(id=f"a{n}") for n in range(3)))
    first = Detection.rows.first()
    assert first is not None
    rows = [_as_processed(first, first.processed_at - timedelta(seconds=n + 1)) for n in range(1_100)]
    Detection.rows.bulk_create(rows)
    siem.get("/api/alerts").getvalue()

    with django_assert_num_queries(3 + 1 + 2 + 1 + 3 + 4):
        # The token's tenant, the limit, the instant, the replay, three blocks, the ledger.
        found = read(siem.get("/api/alerts"))
    assert len(found) == 1_103


def _as_processed(detection: Detection, at: datetime) -> Detection:
    return Detection(
        tenant_id=detection.tenant_id,
        alert_id=detection.alert_id,
        full_id=str(at),
        body=f'{{"LastProcessedTimeUtc":"{at:%Y-%m-%dT%H:%M:%S.%fZ}"}}',
        processed_at=at,
    )


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"sinceTimeUtc": "yesterday"}, "sinceTimeUtc"),
        ({"untilTimeUtc": "0001-01-01T00:00:00+23:00"}, "untilTimeUtc"),
        ({"ago": "2 hours"}, "ago"),
        ({"ago": "PT99999999999H"}, "ago"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "9" * 40}, "limit"),
        ({"machinegroups": "\0"}, "text"),
        ({"sinceTimeUtc": ["2026-03-10", "2026-03-11"]}, "sinceTimeUtc"),
    ],
)
def test_parameters_that_cannot_be_read_are_refused(siem: Speaker, parameters: Any, name: str) -> None:
    response = siem.get("/api/alerts", **parameters)

    assert response.status_code == 400
    assert read(response)["error"]["code"] == "InvalidInput"
    assert name in read(response)["error"]["message"]


@pytest.mark.parametrize("ago", ["P99999D", "PT0S", "P1DT2H", "p1d"])
def test_any_duration_is_taken(siem: Speaker, ago: str) -> None:
    assert read(siem.get("/api/alerts", ago=ago)) == []


def test_who_is_not_let_in_gets_nothing(cast: Cast, siem: Speaker) -> None:
    take(cast, full_alert())
    no_permission = speak(cast, Resource.DEFENDER, "Machine.Read.All", program=siem.program)
    tokenless = Client().get("/api/alert")
    junk = Client().get("/api/alert", headers={"Authorization": "Bearer junk"})

    assert (tokenless.status_code, junk.status_code) == (401, 401)
    assert list(read(junk)["error"]) == ["code", "message", "target"]
    assert read(junk)["error"]["code"] == "Unauthorized"
    unpermitted = siem.program.header(cast.customer, Resource.SIEM, "Nothing.At.All")
    assert Client().get("/api/alerts", headers=unpermitted).status_code == 403
    assert no_permission.get("/api/alert").status_code == 401


def test_each_tenant_has_its_own(cast: Cast, siem: Speaker) -> None:
    take(cast, full_alert(id="ours"))
    import_all(cast.other, [full_alert(id="theirs")])
    other = speak(cast, Resource.SIEM, tenant=cast.other, program=siem.program)
    stranger = make_program(cast, cast.other)
    let_in(stranger, cast.other, *app_permissions(Resource.SIEM, "Alerts.Fetch.All"))

    assert ids(siem.get("/api/alerts")) == ["ours"]
    assert ids(other.get("/api/alerts")) == ["theirs"]
    header = stranger.header(cast.other, Resource.SIEM, "Alerts.Fetch.All")
    assert ids(Client().get("/api/alerts", headers=header)) == ["theirs"]


@pytest.mark.parametrize("path", ["/api/alerts/", "/api/alert", "/api//alerts", "/api/v1.0/alerts"])
def test_old_clients_addresses_lead_there(cast: Cast, siem: Speaker, path: str) -> None:
    take(cast, full_alert())

    assert ids(Client().generic("GET", path, headers=siem.headers())) == ["da1"]
