from datetime import UTC, datetime
from typing import Any

import pytest

from tests.connectors.samples import TYPE, alert_of, ids_of, read_json, reason_of, siem_detection


def test_detection_becomes_an_alert() -> None:
    alert = alert_of(
        siem_detection(
            Description="D", Actor="A", ThreatName="T", ThreatFamily="F", IoaDefinitionId="i", FullId="f:1"
        )
    )
    assert (alert.external_id, alert.title, alert.category) == ("sd1", "Malware seen", "Malware")
    assert (alert.severity, alert.status) == ("low", "new")
    assert (alert.service_source, alert.detection_source) == ("microsoftDefenderForEndpoint", "antivirus")
    assert (alert.description, alert.detector_id) == ("D", "i")
    assert (alert.actor_display_name, alert.threat_display_name, alert.threat_family_name) == ("A", "T", "F")
    assert alert.created_at == datetime(2026, 3, 1, 10, 0, 0, 100000, UTC)
    assert alert.last_update_at == datetime(2026, 3, 1, 10, 5, tzinfo=UTC)
    assert alert.incident_external_id == "77"
    assert alert.evidence == ()
    assert alert.extra == {"IncidentLinkToMTP": "https://portal.example/incidents/77?tid=x", "FullId": "f:1"}


def test_columns_become_evidence() -> None:
    alert = alert_of(
        siem_detection(
            DeviceID="d1",
            ComputerDnsName="pc1.corp.example",
            MachineName="pc1",
            MachineDomain="corp.example",
            MachineGroup="Desks",
            InternalIPv4List="192.0.2.4;192.0.2.5",
            InternalIPv6List="",
            LogOnUsers="CORP\\eve; bob",
            CloudCreatedMachineTags="vip",
            UserName="eve",
            UserDomain="CORP",
            CommandLine="a.exe -x",
            FileName="a.exe",
            FilePath="C:\\temp",
            Sha1="1",
            Sha256="",
            RemediationIsSuccess=True,
            IpAddress="198.51.100.7",
            Url="http://bad.example",
        )
    )
    details = {"sha1": "1", "sha256": None, "md5": None, "fileName": "a.exe", "filePath": "C:\\temp"}
    expected: list[tuple[str, str, dict[str, Any]]] = [
        (
            "deviceEvidence",
            "none",
            {
                "mdeDeviceId": "d1",
                "deviceDnsName": "pc1.corp.example",
                "hostName": "pc1",
                "dnsDomain": "corp.example",
                "rbacGroupName": "Desks",
                "ipInterfaces": ["192.0.2.4", "192.0.2.5"],
                "loggedOnUsers": [
                    {"accountName": "eve", "domainName": "CORP"},
                    {"accountName": "bob", "domainName": None},
                ],
                "tags": ["vip"],
            },
        ),
        ("userEvidence", "none", {"userAccount": {"accountName": "eve", "domainName": "CORP"}}),
        (
            "processEvidence",
            "none",
            {"processCommandLine": "a.exe -x", "imageFile": details, "mdeDeviceId": "d1"},
        ),
        ("fileEvidence", "remediated", {"fileDetails": details, "mdeDeviceId": "d1"}),
        ("ipEvidence", "none", {"ipAddress": "198.51.100.7"}),
        ("urlEvidence", "none", {"url": "http://bad.example"}),
    ]
    assert [(item.kind, item.remediation_status) for item in alert.evidence] == [e[:2] for e in expected]
    for item, (kind, status, members) in zip(alert.evidence, expected, strict=True):
        assert item.created_at == alert.created_at
        assert item.body == {
            "@odata.type": TYPE + kind,
            "createdDateTime": "2026-03-01T10:00:00.1Z",
            "verdict": "unknown",
            "remediationStatus": status,
            **members,
        }


@pytest.mark.parametrize(
    ("links", "incident_id"),
    [
        ({"IncidentLinkToMTP": "https://p.example/incidents/byalert?alertId=1&source=SIEM"}, None),
        ({"IncidentLinkToMTP": "", "IncidentLinkToWDATP": "https://p.example/incident/12"}, "12"),
        ({"IncidentLinkToMTP": "https://p.example/x?a=1&incidentId=13"}, "13"),
        ({"IncidentLinkToMTP": "https://p.example/incidents/12ab"}, None),
        ({"IncidentLinkToMTP": None}, None),
        ({"IncidentLinkToMTP": 5}, None),
    ],
)
def test_incident_is_read_from_the_links(links: dict[str, Any], incident_id: str | None) -> None:
    assert alert_of(siem_detection(**links)).incident_external_id == incident_id


def test_detections_of_one_alert_are_given_one_by_one() -> None:
    found = read_json(
        [siem_detection(FileName="a"), siem_detection(FileName="b"), siem_detection(AlertId="s2")]
    )
    assert ids_of(found) == ["sd1", "sd1", "s2"]


@pytest.mark.parametrize(
    ("severity", "word"), [("High", "high"), ("UnSpecified", "unknown"), ("", "unknown")]
)
def test_severity_becomes_graphs_word(severity: str, word: str) -> None:
    assert alert_of(siem_detection(Severity=severity)).severity == word


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"AlertId": ""}, "AlertId: missing"),
        ({"AlertTitle": None}, "AlertTitle: missing"),
        (
            {"AlertTime": "1989-12-31T23:59:59Z"},
            "AlertTime: a time outside 1990 to 2100: '1989-12-31T23:59:59Z'",
        ),
        ({"FileName": {}}, "FileName: not text: an object"),
        ({"DeviceID": "d", "LogOnUsers": 4}, "LogOnUsers: neither text nor a list: '4'"),
    ],
)
def test_unreadable_detection_says_which_column_and_why(changes: dict[str, Any], reason: str) -> None:
    assert reason_of(siem_detection(**changes)) == reason
