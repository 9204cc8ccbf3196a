"""Exports of real systems are found again in the portal; `TIDEGATE_TEST_REAL_INPUT` names their folder."""

import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast, scope_with
from tidegate.authorization.permissions import Permission
from tidegate.incidents.actions.imports import import_stream, start_import
from tidegate.incidents.models import Alert, Evidence, ImportRun, Incident


def read_file(name: str) -> bytes:
    folder = os.environ.get("TIDEGATE_TEST_REAL_INPUT")
    if not folder or not (Path(folder) / name).is_file():
        pytest.skip(f"TIDEGATE_TEST_REAL_INPUT names no folder with {name}")
    return (Path(folder) / name).read_bytes()


def take(cast: Cast, data: bytes) -> ImportRun:
    scope = scope_with(cast.customer, Permission.ALERT_IMPORT)
    run = start_import(scope, file_name="real.json", size=len(data))
    return import_stream(scope, run, BytesIO(data))


def test_defender_xdr_incidents_are_found_again(cast: Cast) -> None:
    data = read_file("defender-xdr-incidents.json")
    told: list[dict[str, Any]] = json.loads(data)["value"]
    run = take(cast, data)
    assert (run.state, run.rejected, run.faults) == ("finished", 0, [])
    assert (run.incidents_created, run.created, run.updated) == (10, 51, 0)
    for source in told:
        incident = Incident.objects.of_tenant(cast.customer.id).get(number=source["incidentId"])
        assert incident.display_name == source["incidentName"]
        assert incident.alert_count == len(source["alerts"])
        assert json.loads(incident.raw)["incidentId"] == source["incidentId"]
        for alert in source["alerts"]:
            found = Alert.objects.of_tenant(cast.customer.id).get(external_id=alert["alertId"])
            assert (found.title, found.incident_id) == (alert["title"], incident.id)
            assert json.loads(found.raw) == alert
            document = json.loads(found.document)
            assert document["tenantId"] == str(cast.customer.id)
            assert document["incidentId"] == str(incident.number)
            assert Evidence.rows.filter(alert_id=found.id).count() == len(document["evidence"])
    again = take(cast, data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 51)
    assert (again.incidents_created, again.incidents_updated, again.incidents_unchanged) == (0, 0, 10)


def test_a_graph_alert_is_found_again(cast: Cast) -> None:
    data = read_file("graph-alerts-v2.ndjson")
    source = json.loads(data)
    run = take(cast, data)
    assert (run.created, run.rejected, run.incidents_created) == (1, 0, 1)
    alert = Alert.objects.of_tenant(cast.customer.id).get(external_id=source["id"])
    document = json.loads(alert.document)
    ours = {
        "tenantId", "alertWebUrl", "incidentWebUrl", "lastUpdateDateTime", "createdDateTime", "@odata.type",
        "firstActivityDateTime", "lastActivityDateTime", "resolvedDateTime",
    }  # fmt: skip
    for name in set(source) & set(document) - ours - {"evidence", "comments", "systemTags"}:
        assert document[name] == source[name], name
    assert len(document["evidence"]) == len(source["evidence"]) == alert.evidence.across_tenants().count()
    assert json.loads(alert.raw) == source
    again = take(cast, data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
