from datetime import UTC, datetime
from typing import Any

import pytest

from tests.connectors.samples import TYPE, incident_of, reason_of, xdr_alert, xdr_incident
from tidegate.connectors.records import AlertRecord, CommentRecord, EvidenceRecord


def _alert(**changes: Any) -> AlertRecord:
    [alert] = incident_of(xdr_incident(xdr_alert(**changes))).alerts
    return alert


def _evidence(**entity: Any) -> EvidenceRecord:
    [evidence] = _alert(entities=[entity]).evidence
    return evidence


def test_incident_is_told_in_graphs_words() -> None:
    remark = {"comment": "C", "createdBy": "Ann", "createdTime": "2026-03-01T10:00:00Z"}
    incident = incident_of(xdr_incident(comments=[remark], redirectIncidentId=901, newMember=1))
    assert (incident.external_id, incident.redirect_external_id) == ("900", "901")
    assert (incident.display_name, incident.status) == ("Travel of one user", "resolved")
    assert (incident.severity, incident.classification) == ("informational", "unknown")
    assert (incident.determination, incident.custom_tags) == ("unknown", ("first",))
    assert incident.comments == (CommentRecord("C", "Ann", datetime(2026, 3, 1, 10, tzinfo=UTC)),)
    assert incident.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert incident.last_update_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert incident.extra == {"newMember": 1}


def test_alert_is_told_in_graphs_words() -> None:
    alert = _alert(
        classification="FalsePositive",
        determination="Apt",
        investigationId=3,
        actorName="Actor",
        resolvedTime="2026-03-02T00:00:00Z",
    )
    assert (alert.external_id, alert.incident_external_id) == ("xa1", "900")
    assert (alert.service_source, alert.detection_source) == (
        "microsoftDefenderForCloudApps",
        "cloudAppSecurity",
    )
    assert (alert.severity, alert.status, alert.category) == ("unknown", "inProgress", "InitialAccess")
    assert (alert.classification, alert.determination) == ("falsePositive", "apt")
    assert alert.actor_display_name == "Actor"
    assert alert.created_at == datetime(2026, 3, 1, 10, 0, 0, 500000, UTC)
    assert alert.resolved_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert alert.extra == {"investigationId": 3}


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("WindowsDefenderAtp", "microsoftDefenderForEndpoint"),
        ("WindowsDefenderAv", "antivirus"),
        ("CustomerTI", "customTi"),
        ("OfficeATP", "microsoftDefenderForOffice365"),
        ("AutomatedInvestigation", "automatedInvestigation"),
        ("SomethingNew", "somethingNew"),
        ("<b>", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_detection_source_becomes_graphs_word(source: str | None, word: str) -> None:
    assert _alert(detectionSource=source).detection_source == word


def test_device_becomes_device_evidence() -> None:
    [evidence] = _alert(
        devices=[
            {
                "mdatpDeviceId": "m1",
                "aadDeviceId": None,
                "deviceDnsName": "pc1.example",
                "osPlatform": "Windows10",
                "osBuild": 18363,
                "osProcessor": "x64",
                "healthStatus": "Active",
                "riskScore": "Informational",
                "rbacGroupName": "Desks",
                "firstSeen": "2020-02-20T14:44:11.4627779Z",
                "tags": ["a", "b"],
                "defenderAvStatus": "NotUpdated",
                "onboardingStatus": "Onboarded",
            }
        ]
    ).evidence
    assert evidence.kind == "deviceEvidence"
    assert evidence.body == {
        "@odata.type": TYPE + "deviceEvidence",
        "verdict": "unknown",
        "remediationStatus": "none",
        "mdeDeviceId": "m1",
        "azureAdDeviceId": None,
        "deviceDnsName": "pc1.example",
        "osPlatform": "Windows10",
        "osBuild": 18363,
        "version": None,
        "rbacGroupId": None,
        "rbacGroupName": "Desks",
        "vmMetadata": None,
        "healthStatus": "active",
        "riskScore": "informational",
        "onboardingStatus": "onboarded",
        "defenderAvStatus": "notUpdated",
        "tags": ["a", "b"],
        "loggedOnUsers": [],
        "ipInterfaces": [],
        "firstSeenDateTime": "2020-02-20T14:44:11.4627779Z",
        "osProcessor": "x64",
    }


@pytest.mark.parametrize(
    ("entity", "kind", "members"),
    [
        (
            {"entityType": "User", "accountName": "eve", "domainName": "corp", "aadUserId": "u1"},
            "userEvidence",
            {
                "userAccount": {
                    "accountName": "eve",
                    "domainName": "corp",
                    "userSid": None,
                    "azureAdUserId": "u1",
                    "userPrincipalName": None,
                    "displayName": None,
                }
            },
        ),
        (
            {"entityType": "File", "fileName": "a.exe", "sha1": "1", "deviceId": "m1"},
            "fileEvidence",
            {
                "fileDetails": {"sha1": "1", "sha256": None, "fileName": "a.exe", "filePath": None},
                "mdeDeviceId": "m1",
            },
        ),
        ({"entityType": "Ip", "ipAddress": "192.0.2.1"}, "ipEvidence", {"ipAddress": "192.0.2.1"}),
        ({"entityType": "URL", "url": "http://x.example"}, "urlEvidence", {"url": "http://x.example"}),
        (
            {"entityType": "Registry", "registryHive": "H", "registryKey": "K"},
            "registryKeyEvidence",
            {"registryHive": "H", "registryKey": "K"},
        ),
        (
            {"entityType": "Registry", "registryHive": "H", "registryKey": "K", "registryValue": "V"},
            "registryValueEvidence",
            {"registryHive": "H", "registryKey": "K", "registryValue": "V"},
        ),
        (
            {"entityType": "MailBox", "mailboxAddress": "eve@corp.example", "mailboxDisplayName": "Eve"},
            "mailboxEvidence",
            {"primaryAddress": "eve@corp.example", "displayName": "Eve"},
        ),
        (
            {
                "entityType": "MailMessage",
                "sender": "a@b.example",
                "recipient": "e@c.example",
                "subject": "S",
            },
            "analyzedMessageEvidence",
            {
                "p1Sender": {"emailAddress": "a@b.example"},
                "recipientEmailAddress": "e@c.example",
                "subject": "S",
            },
        ),
        (
            {"entityType": "MailCluster", "clusterBy": "Subject"},
            "mailClusterEvidence",
            {"clusterBy": "Subject"},
        ),
        (
            {"entityType": "SecurityGroup", "securityGroupId": "g", "securityGroupName": "G"},
            "securityGroupEvidence",
            {"securityGroupId": "g", "displayName": "G"},
        ),
        (
            {"entityType": "CloudApplication", "applicationId": 11, "applicationName": "App"},
            "cloudApplicationEvidence",
            {"appId": 11, "displayName": "App"},
        ),
    ],
)
def test_entity_becomes_the_graph_evidence_that_means_the_same(
    entity: dict[str, Any], kind: str, members: dict[str, Any]
) -> None:
    evidence = _evidence(**entity, unheardOf=1)
    assert evidence.kind == kind
    assert evidence.body["@odata.type"] == TYPE + kind
    assert {name: evidence.body[name] for name in members} == members
    assert evidence.body["unheardOf"] == 1


def test_process_entity_carries_images_and_account() -> None:
    evidence = _evidence(
        entityType="Process",
        processId=4,
        processCommandLine="x -y",
        fileName="x.exe",
        parentProcessId=1,
        parentProcessFileName="p.exe",
        accountName="SYSTEM",
        evidenceCreationTime="2026-03-01T10:00:00Z",
        verdict="Suspicious",
        remediationStatus="Prevented",
    )
    assert evidence.kind == "processEvidence"
    assert (evidence.verdict, evidence.remediation_status) == ("suspicious", "prevented")
    assert evidence.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    body: Any = evidence.body
    assert (body["processId"], body["parentProcessId"]) == (4, 1)
    assert (body["imageFile"]["fileName"], body["parentProcessImageFile"]["fileName"]) == ("x.exe", "p.exe")
    assert body["userAccount"]["accountName"] == "SYSTEM"
    assert body["createdDateTime"] == "2026-03-01T10:00:00Z"


@pytest.mark.parametrize("entity_type", [None, "", "Starship", "<b>"])
def test_entity_of_an_unknown_type_is_kept_as_it_is(entity_type: str | None) -> None:
    evidence = _evidence(entityType=entity_type, thing={"a": 1})
    assert evidence.kind == "unknownEvidence"
    assert (evidence.body["entityType"], evidence.body["thing"]) == (entity_type, {"a": 1})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"incidentId": None}, "incidentId: missing"),
        ({"incidentId": "x" * 257}, "incidentId: 257 characters, more than 256"),
        ({"createdTime": "soon"}, "createdTime: not a time: 'soon'"),
        (
            {"createdTime": "2101-01-01T00:00:00Z"},
            "createdTime: a time outside 1990 to 2100: '2101-01-01T00:00:00Z'",
        ),
        ({"tags": [1]}, "tags[0]: not text: '1'"),
        ({"alerts": 5}, "alerts: not a list: '5'"),
    ],
)
def test_unreadable_incident_says_which_member_and_why(changes: dict[str, Any], reason: str) -> None:
    assert reason_of(xdr_incident(**changes)) == reason
