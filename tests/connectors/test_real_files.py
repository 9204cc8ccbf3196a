"""Exports of real systems, where `TIDEGATE_TEST_REAL_INPUT` names the folder that holds them."""

import os
from pathlib import Path

import pytest

from tidegate.connectors.reading import read_records
from tidegate.connectors.records import AlertRecord, IncidentRecord, Record, Rejected


def _read_file(name: str) -> list[Record | Rejected]:
    folder = os.environ.get("TIDEGATE_TEST_REAL_INPUT")
    if not folder or not (Path(folder) / name).is_file():
        pytest.skip(f"TIDEGATE_TEST_REAL_INPUT names no folder with {name}")
    with (Path(folder) / name).open("rb") as stream:
        return list(read_records(stream))


def test_defender_xdr_incidents_are_counted_exactly() -> None:
    incidents = [
        found for found in _read_file("defender-xdr-incidents.json") if isinstance(found, IncidentRecord)
    ]
    alerts = [alert for incident in incidents for alert in incident.alerts]
    assert len(_read_file("defender-xdr-incidents.json")) == len(incidents) == 10
    assert [i.external_id for i in incidents] == [
        "264",
        "243",
        "263",
        "262",
        "261",
        "257",
        "258",
        "259",
        "260",
        "256",
    ]
    assert sum(i.status == "redirected" for i in incidents) == 3
    assert {i.redirect_external_id for i in incidents} == {None, "261"}
    assert len(alerts) == len({alert.external_id for alert in alerts}) == 51
    assert sum(len(alert.evidence) for alert in alerts) == 48
    assert {(a.service_source, a.detection_source) for a in alerts} == {
        ("microsoftDefenderForEndpoint", "automatedInvestigation"),
        ("microsoftDefenderForCloudApps", "cloudAppSecurity"),
    }


def test_graph_alert_is_read_whole() -> None:
    [alert] = _read_file("graph-alerts-v2.ndjson")
    assert isinstance(alert, AlertRecord)
    assert alert.external_id == "da637551227677560813_-961444813"
    assert [item.kind for item in alert.evidence] == [
        "deviceEvidence",
        "fileEvidence",
        "processEvidence",
        "registryKeyEvidence",
    ]
    assert (alert.incident_external_id, alert.mitre_techniques) == ("28282", ("T1564.001",))
