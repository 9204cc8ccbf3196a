from datetime import UTC, datetime
from typing import Any

import pytest

from tests.connectors.samples import TYPE, alert_of, graph_alert, graph_incident, incident_of, reason_of
from tidegate.connectors.records import CommentRecord


def test_every_member_of_an_alert_is_read() -> None:
    alert = alert_of(
        graph_alert(
            description="What happened",
            recommendedActions="Look",
            category="InitialAccess",
            classification="truePositive",
            determination="phishing",
            detectorId="rule-1",
            assignedTo="ann@msp.example",
            actorDisplayName="Actor",
            threatDisplayName="Threat",
            threatFamilyName="Family",
            resolvedDateTime="2026-03-03T10:00:00Z",
            firstActivityDateTime="2026-02-28T10:00:00+02:00",
            lastActivityDateTime="2026-02-28T11:00:00",
            mitreTechniques=["T1078", "T1110.003"],
            systemTags=["Defender Experts"],
            comments=[
                {"comment": "Hello", "createdByDisplayName": "Ann", "createdDateTime": "2026-03-03T10:00:00Z"}
            ],
            tenantId="elsewhere",
            somethingNew={"a": [1]},
        )
    )
    assert (alert.external_id, alert.incident_external_id, alert.title) == ("da1", "41", "Odd sign-in")
    assert (alert.description, alert.recommended_actions) == ("What happened", "Look")
    assert (alert.category, alert.severity, alert.status) == ("InitialAccess", "medium", "new")
    assert (alert.classification, alert.determination) == ("truePositive", "phishing")
    assert alert.service_source == alert.detection_source == "microsoftDefenderForIdentity"
    assert (alert.detector_id, alert.assigned_to) == ("rule-1", "ann@msp.example")
    assert (alert.actor_display_name, alert.threat_display_name, alert.threat_family_name) == (
        "Actor",
        "Threat",
        "Family",
    )
    assert alert.created_at == datetime(2026, 3, 1, 10, 0, 0, 123456, UTC)
    assert alert.last_update_at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert alert.resolved_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert alert.first_activity_at == datetime(2026, 2, 28, 8, tzinfo=UTC)
    assert alert.last_activity_at == datetime(2026, 2, 28, 11, tzinfo=UTC)
    assert (alert.mitre_techniques, alert.system_tags) == (("T1078", "T1110.003"), ("Defender Experts",))
    assert alert.comments == (CommentRecord("Hello", "Ann", datetime(2026, 3, 3, 10, tzinfo=UTC)),)
    assert alert.extra == {"tenantId": "elsewhere", "somethingNew": {"a": [1]}}


def test_absent_and_null_members_take_their_defaults() -> None:
    bare = {
        "id": 7,
        "title": "T",
        "createdDateTime": "2026-03-01T10:00:00Z",
        "incidentId": None,
        "status": None,
    }
    alert = alert_of(bare)
    assert (alert.external_id, alert.incident_external_id) == ("7", None)
    assert (alert.severity, alert.status, alert.classification) == ("unknown", "unknown", "unknown")
    assert alert.last_update_at == alert.created_at
    assert (alert.evidence, alert.comments, alert.extra) == ((), (), {})


def test_evidence_keeps_its_whole_body() -> None:
    body: dict[str, Any] = {
        "@odata.type": TYPE + "analyzedMessageEvidence",
        "createdDateTime": "2026-03-01T09:00:00Z",
        "verdict": "Malicious",
        "remediationStatus": "prevented",
        "subject": "Invoice",
        "new": [None],
    }
    [evidence] = alert_of(graph_alert(evidence=[body])).evidence
    assert (evidence.kind, evidence.verdict, evidence.remediation_status) == (
        "analyzedMessageEvidence",
        "malicious",
        "prevented",
    )
    assert evidence.created_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert evidence.body == body


@pytest.mark.parametrize("declared", [None, 7, "", "#other.thing", TYPE + "x", TYPE + "<b>Evidence"])
def test_evidence_without_a_recognisable_type_is_kept(declared: object) -> None:
    [evidence] = alert_of(graph_alert(evidence=[{"@odata.type": declared, "a": 1}])).evidence
    assert evidence.kind == "unknownEvidence"
    assert evidence.body == {"@odata.type": declared, "a": 1}
    assert (evidence.verdict, evidence.remediation_status) == ("unknown", "none")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": ""}, "id: missing"),
        ({"id": None}, "id: missing"),
        ({"id": " "}, "id: empty"),
        ({"id": 1.5}, "id: not an identifier: '1.5'"),
        ({"id": True}, "id: not an identifier: true"),
        ({"id": "x" * 257}, "id: 257 characters, more than 256"),
        ({"incidentId": ["1"]}, "incidentId: not an identifier: a list"),
        ({"title": 7}, "title: not text: '7'"),
        ({"title": "  "}, "title: missing"),
        ({"title": "x" * 4097}, "title: 4097 characters, more than 4096"),
        ({"description": "x" * (1024 * 1024 + 1)}, "description: 1048577 characters, more than 1048576"),
        ({"severity": 3}, "severity: not text: '3'"),
        ({"createdDateTime": None}, "createdDateTime: missing"),
        ({"createdDateTime": "0001-01-01T00:00:00Z"}, None),
        ({"createdDateTime": 1700000000}, "createdDateTime: not a time: '1700000000'"),
        (
            {"resolvedDateTime": "2026-02-30T00:00:00Z"},
            "resolvedDateTime: not a time: '2026-02-30T00:00:00Z'",
        ),
        ({"mitreTechniques": "T1"}, "mitreTechniques: not a list: 'T1'"),
        ({"mitreTechniques": ["T1", 2]}, "mitreTechniques[1]: not text: '2'"),
        ({"comments": ["x"]}, "comments[0]: not an object: 'x'"),
        ({"comments": [{"comment": 1}]}, "comments[0].comment: not text: '1'"),
        ({"evidence": {"0": 1}}, "evidence: not a list: an object"),
        ({"evidence": [None]}, "evidence[0]: not an object: null"),
        ({"evidence": [{}, {"verdict": []}]}, "evidence[1].verdict: not text: a list"),
    ],
)
def test_unreadable_alert_says_which_member_and_why(changes: dict[str, Any], reason: str | None) -> None:
    expected = reason or "createdDateTime: a time outside 1990 to 2100: '0001-01-01T00:00:00Z'"
    assert reason_of(graph_alert(**changes)) == expected


def test_every_member_of_an_incident_is_read() -> None:
    incident = incident_of(
        graph_incident(
            graph_alert(id="1", incidentId=None),
            graph_alert(id="2", incidentId="40"),
            description="D",
            status="Redirected",
            redirectIncidentId="42",
            classification="FalsePositive",
            determination="clean",
            assignedTo="ann",
            systemTags=["s"],
            incidentWebUrl="https://portal.example/incidents/41",
        )
    )
    assert (incident.external_id, incident.display_name) == ("41", "Odd sign-ins")
    assert (incident.severity, incident.status, incident.redirect_external_id) == ("high", "redirected", "42")
    assert (incident.classification, incident.determination) == ("falsePositive", "notMalicious")
    assert (incident.description, incident.assigned_to) == ("D", "ann")
    assert (incident.custom_tags, incident.system_tags) == (("vip",), ("s",))
    assert [(a.external_id, a.incident_external_id) for a in incident.alerts] == [("1", "41"), ("2", "40")]
    assert incident.extra == {"incidentWebUrl": "https://portal.example/incidents/41"}


def test_raw_of_an_alert_inside_an_incident_is_its_own_object() -> None:
    incident = incident_of(graph_incident(graph_alert(title="Räuber")))
    assert incident.alerts[0].raw.startswith('{"@odata.type": "#microsoft.graph.security.alert", "id": "da1"')
    assert '"title": "Räuber"' in incident.alerts[0].raw


def test_unreadable_incident_is_rejected_whole() -> None:
    assert reason_of(graph_incident(displayName=[])) == "displayName: not text: a list"
    assert reason_of(graph_incident(alerts={})) == "alerts: not a list: an object"
