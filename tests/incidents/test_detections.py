"""What a detection says, and when it was processed."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, siem_detection, xdr_alert, xdr_incident
from tidegate.core.clock import standing_at
from tidegate.incidents.actions.changes import set_alert_status
from tidegate.incidents.detections.form import FIELDS
from tidegate.incidents.instants import settle_instants
from tidegate.incidents.models import Alert, ChangeClock, Detection

fill_detections = import_module("tidegate.incidents.migrations.0004_fill_detections").fill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

DEVICE = {
    "@odata.type": TYPE + "deviceEvidence",
    "mdeDeviceId": "d1",
    "deviceDnsName": "pc1.corp.example",
    "rbacGroupName": "Plant",
    "tags": ["vip", "Line 2"],
    "ipInterfaces": ["10.0.0.7", "fe80::1", "10.0.0.7", "nonsense"],
    "loggedOnUsers": [{"accountName": "ann", "domainName": "CORP"}, {"accountName": "bob"}],
}
FILE = {
    "@odata.type": TYPE + "fileEvidence",
    "mdeDeviceId": "d1",
    "remediationStatus": "blocked",
    "fileDetails": {
        "fileName": "a.exe",
        "filePath": "C:\\Temp",
        "sha1": "5f1e",
        "sha256": "8963",
        "md5": "aa",
    },
}
PROCESS = {
    "@odata.type": TYPE + "processEvidence",
    "mdeDeviceId": "d1",
    "processCommandLine": "a.exe /s",
    "imageFile": {"fileName": "other.exe"},
    "userAccount": {"accountName": "svc", "domainName": "CORP"},
}
ADDRESS = {"@odata.type": TYPE + "ipEvidence", "ipAddress": "203.0.113.9"}


def bodies(cast: Cast) -> list[dict[str, Any]]:
    rows = Detection.objects.of_tenant(cast.customer.id).order_by("processed_at")
    return [json.loads(row.body) for row in rows]


def processed(cast: Cast) -> list[datetime]:
    rows = Detection.objects.of_tenant(cast.customer.id).order_by("processed_at")
    return list(rows.values_list("processed_at", flat=True))


def test_detection_of_a_whole_alert(cast: Cast) -> None:
    evidence = [DEVICE, FILE, PROCESS, ADDRESS]
    import_all(cast.customer, [graph_alert(evidence=evidence, description="Why", threatFamilyName="Emotet")])

    [body] = bodies(cast)
    base, tid = "http://127.0.0.1:8000", cast.customer.id
    assert list(body) == list(FIELDS)
    assert {name: value for name, value in body.items() if value not in ("", None)} == {
        "AlertTime": "2026-03-01T10:00:00.123456Z",
        "ComputerDnsName": "pc1.corp.example",
        "AlertTitle": "Odd sign-in",
        "Severity": "Medium",
        "AlertId": "da1",
        "LinkToWDATP": f"{base}/alerts/da1?tid={tid}",
        "Sha1": "5f1e",
        "FileName": "a.exe",
        "FilePath": "C:\\Temp",
        "IpAddress": "203.0.113.9",
        "UserName": "svc",
        "AlertPart": 0,
        "FullId": body["FullId"],
        "LastProcessedTimeUtc": processed(cast)[0].strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "ThreatFamily": "Emotet",
        "RemediationIsSuccess": True,
        "Source": "MicrosoftDefenderForIdentity",
        "Md5": "aa",
        "Sha256": "8963",
        "UserDomain": "CORP",
        "LogOnUsers": "CORP\\ann, bob",
        "MachineDomain": "corp.example",
        "MachineName": "pc1",
        "InternalIPv4List": "10.0.0.7",
        "InternalIPv6List": "fe80::1",
        "FileHash": "5f1e",
        "DeviceID": "d1",
        "MachineGroup": "Plant",
        "Description": "Why",
        "CloudCreatedMachineTags": "vip, Line 2",
        "CommandLine": "a.exe /s",
        "IncidentLinkToWDATP": f"{base}/incidents/41?tid={tid}",
        "ReportID": 0,
        "LinkToMTP": f"{base}/alerts/da1?tid={tid}",
        "IncidentLinkToMTP": f"{base}/incidents/41?tid={tid}",
    }
    assert body["FullId"].startswith("da1:")


def test_an_alert_has_a_detection_for_each_device_with_what_is_about_it(cast: Cast) -> None:
    second = DEVICE | {"mdeDeviceId": "d2", "deviceDnsName": "pc2.corp.example"}
    import_all(cast.customer, [graph_alert(evidence=[DEVICE, second, FILE, ADDRESS, DEVICE])])

    told = [
        (body["AlertPart"], body["MachineName"], body["FileName"], body["IpAddress"]) for body in bodies(cast)
    ]
    assert told == [(0, "pc1", "a.exe", "203.0.113.9"), (1, "pc2", "", "203.0.113.9")]
    assert len({body["FullId"] for body in bodies(cast)}) == 2


def test_an_alert_without_a_device_has_one(cast: Cast) -> None:
    import_all(cast.customer, [xdr_incident(xdr_alert())])

    [body] = bodies(cast)
    assert (body["AlertId"], body["Severity"], body["DeviceID"]) == ("xa1", "UnSpecified", "")


def test_detections_stay_unmerged_as_they_were_told(cast: Cast) -> None:
    first = siem_detection(FullId="sd1:one", FileName="a.exe", RemediationIsSuccess="true", AlertPart=1)
    other = siem_detection(
        FileName="b.exe", RemediationIsSuccess=None, LogOnUsers=None, LinkToWDATP="https://x"
    )
    import_all(cast.customer, [first, other])

    told = [
        (body["FullId"][:7], body["FileName"], body["RemediationIsSuccess"], body["AlertPart"])
        for body in bodies(cast)
    ]
    assert told == [
        ("sd1:one", "a.exe", True, 1),
        (told[1][0], "b.exe", None, 0),
    ]
    assert all(list(body) == list(FIELDS) for body in bodies(cast))
    assert {body["LinkToWDATP"] for body in bodies(cast)} == {
        f"http://127.0.0.1:8000/alerts/sd1?tid={cast.customer.id}"
    }
    assert {body["LogOnUsers"] for body in bodies(cast)} == {""}


def test_what_came_later_was_processed_later_whatever_the_clock(cast: Cast) -> None:
    import_all(cast.customer, [graph_alert(id="a"), graph_alert(id="b")])
    with standing_at(NOW - timedelta(hours=1)):
        import_all(cast.customer, [graph_alert(id="c")])

    assert [body["AlertId"] for body in bodies(cast)] == ["a", "b", "c"]
    assert len(set(processed(cast))) == 3


def test_what_people_do_with_an_alert_does_not_process_it_again(cast: Cast) -> None:
    import_all(cast.customer, [graph_alert()])
    before = processed(cast)
    set_alert_status(cast.enter("analyst"), "da1", "resolved")
    import_all(cast.customer, [graph_alert(status="resolved", lastUpdateDateTime="2026-03-09T10:00:00Z")])

    assert processed(cast) == before


def test_what_its_source_says_anew_is_processed_again(cast: Cast) -> None:
    second = DEVICE | {"mdeDeviceId": "d2"}
    import_all(cast.customer, [graph_alert(evidence=[DEVICE, second]), graph_alert(id="da2", evidence=[])])
    before = processed(cast)[-1]
    later = {"lastUpdateDateTime": "2026-03-09T10:00:00Z"}
    import_all(cast.customer, [graph_alert(evidence=[second], title="Surer", **later)])

    assert [(body["AlertId"], body["AlertTitle"]) for body in bodies(cast)] == [
        ("da2", "Odd sign-in"),
        ("da1", "Surer"),
    ]
    assert processed(cast)[-1] > before


@pytest.mark.parametrize(
    "odd",
    [
        {"MachineName": ["a", "b"], "UserName": {"a": 1}, "AlertPart": "x", "ReportID": 2**62},
        {"FullId": "sd1:" + "x" * 600, "DeviceCreatedMachineTags": ["vip", "x"], "Url": 7},
        {"FullId": "another:one", "MachineGroup": "g" * 400},
    ],
)
def test_odd_detections_are_taken_all_the_same(cast: Cast, odd: dict[str, Any]) -> None:
    run = import_all(cast.customer, [siem_detection(**odd)])

    assert len(bodies(cast)) + run.rejected == 1


def test_alerts_from_before_there_were_detections_get_theirs(cast: Cast) -> None:
    import_all(cast.customer, [graph_alert(evidence=[DEVICE]), siem_detection(), graph_alert(id="b")])
    import_all(cast.other, [graph_alert(evidence=[DEVICE])])
    before = _without_times(Detection.rows.all())
    updated = list(Alert.objects.of_tenant(cast.customer.id).order_by("last_update_at", "id"))
    Detection.rows.all().delete()
    ChangeClock.objects.all().delete()
    fill_detections(apps, None)

    assert _without_times(Detection.rows.all()) == before
    assert [body["AlertId"] for body in bodies(cast)] == [alert.external_id for alert in updated]
    assert settle_instants(cast.customer.id) > processed(cast)[-1]


def _without_times(rows: Iterable[Detection]) -> set[tuple[object, ...]]:
    return {(row.tenant_id, row.alert_id, row.full_id, row.digest, row.device_id) for row in rows}
