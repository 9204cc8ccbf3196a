import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from tidegate.connectors.reading import read_records
from tidegate.connectors.records import IncidentRecord
from tidegate.demo.incidents import incident_files
from tidegate.demo.specs import World
from tidegate.demo.world import make_world

from .conftest import NOW, Incidents
from .reading import alerts_of, evidence_of, members, when

STATUSES = {"active", "inProgress", "awaitingAction", "resolved", "redirected"}
ALERT_STATUSES = {"new", "inProgress", "resolved"}
SEVERITIES = ["informational", "low", "medium", "high"]
VERDICTS = {"unknown", "suspicious", "malicious", "noThreatsFound"}
REMEDIATIONS = {"none", "active", "prevented", "remediated"}
JUDGEMENTS = {
    "unknown": {"unknown"},
    "truePositive": {
        "multiStagedAttack", "maliciousUserActivity", "compromisedAccount", "malware", "phishing",
        "unwantedSoftware", "other",
    },
    "informationalExpectedActivity": {"securityTesting", "lineOfBusinessApplication", "confirmedActivity"},
    "falsePositive": {"notMalicious", "notEnoughDataToValidate"},
}  # fmt: skip
NOT_RECENT = {"firstSeenDateTime"}


def test_incidents_of_the_same_world_are_byte_for_byte_the_same(world: World, incidents: Incidents) -> None:
    again = make_world(NOW)
    tenant = again.tenant("brackwell")

    assert json.dumps(list(incident_files(again, tenant))) == json.dumps(incidents["brackwell"])


def test_incident_counts_follow_the_tenants_size(world: World, incidents: Incidents) -> None:
    assert {slug: len(files) for slug, files in incidents.items()} == {
        tenant.slug: tenant.incidents for tenant in world.tenants
    }
    assert len(incidents["ruysveld"]) == 12
    assert len(incidents["orvane"]) == 150
    assert sum(len(files) for files in incidents.values()) <= 900


def test_alerts_are_neither_few_nor_too_many(incidents: Incidents) -> None:
    alerts = [len(alerts_of(incident)) for files in incidents.values() for incident in files]

    assert 2_000 <= sum(alerts) <= 2_600
    assert max(alerts) <= 24


def test_incident_numbers_go_up_by_one(world: World, incidents: Incidents) -> None:
    for tenant in world.tenants:
        numbers = [incident["id"] for incident in incidents[tenant.slug]]
        first = tenant.first_incident
        assert numbers == [str(number) for number in range(first, first + tenant.incidents)]


def test_alert_ids_are_unique_over_all_tenants(incidents: Incidents) -> None:
    ids = [alert["id"] for files in incidents.values() for incident in files for alert in alerts_of(incident)]

    assert len(set(ids)) == len(ids)


def test_incidents_survive_json(incidents: Incidents) -> None:
    for files in incidents.values():
        assert json.loads(json.dumps(files)) == files


def test_times_lie_within_thirty_days(world: World, incidents: Incidents) -> None:
    for files in incidents.values():
        for name, value in members(files):
            if name.endswith("DateTime") and value is not None:
                assert when(value) <= world.now
                assert name in NOT_RECENT or when(value) >= world.now - timedelta(days=30)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 22, 2, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ],
    ids=["weekend", "leap-day", "new-year"],
)
def test_no_time_lies_ahead_on_odd_days(now: datetime) -> None:
    world = make_world(now)
    files = list(incident_files(world, world.tenant("plettenburg")))
    moments = [when(value) for name, value in members(files) if name.endswith("DateTime") and value]

    assert len(files) == world.tenant("plettenburg").incidents
    assert max(moments) <= now


def test_times_of_an_alert_are_in_order(incidents: Incidents) -> None:
    for files in incidents.values():
        for alert in [alert for incident in files for alert in alerts_of(incident)]:
            names = ("firstActivity", "lastActivity", "created", "lastUpdate")
            moments = [when(alert[f"{name}DateTime"]) for name in names]
            assert moments == sorted(moments)
            assert (alert["resolvedDateTime"] is not None) == (alert["status"] == "resolved")


def test_last_incident_is_minutes_old(world: World, incidents: Incidents) -> None:
    for files in incidents.values():
        assert world.now - when(files[-1]["createdDateTime"]) < timedelta(minutes=30)


def test_weekends_are_calmer(incidents: Incidents) -> None:
    days = Counter(
        when(incident["createdDateTime"]).weekday() for files in incidents.values() for incident in files
    )

    assert max(days[5], days[6]) < min(days[day] for day in range(5)) * 0.7


def test_enum_values_are_graphs(incidents: Incidents) -> None:
    for incident in [incident for files in incidents.values() for incident in files]:
        assert incident["status"] in STATUSES
        assert incident["severity"] in SEVERITIES
        assert incident["determination"] in JUDGEMENTS[str(incident["classification"])]
        for alert in alerts_of(incident):
            assert alert["status"] in ALERT_STATUSES
            assert alert["determination"] in JUDGEMENTS[alert["classification"]]
            assert {piece["verdict"] for piece in alert["evidence"]} <= VERDICTS
            assert {piece["remediationStatus"] for piece in alert["evidence"]} <= REMEDIATIONS


def test_incident_is_as_grave_as_its_gravest_alert(incidents: Incidents) -> None:
    for incident in [incident for files in incidents.values() for incident in files if alerts_of(incident)]:
        gravest = max((alert["severity"] for alert in alerts_of(incident)), key=SEVERITIES.index)
        assert incident["severity"] == gravest


def test_only_merged_incidents_are_without_alerts(incidents: Incidents) -> None:
    for files in incidents.values():
        for incident in files:
            assert (incident["status"] == "redirected") == (not alerts_of(incident))


def test_merged_incidents_point_at_an_earlier_one_that_stands(incidents: Incidents) -> None:
    merged = 0
    for files in incidents.values():
        standing = {incident["id"] for incident in files if incident["status"] != "redirected"}
        for incident in files:
            target = incident["redirectIncidentId"]
            assert (target is not None) == (incident["status"] == "redirected")
            merged += target is not None
            assert target is None or (target in standing and int(str(target)) < int(str(incident["id"])))
    assert merged >= 5


def test_every_status_and_tag_occurs(incidents: Incidents) -> None:
    everything = [incident for files in incidents.values() for incident in files]

    assert {incident["status"] for incident in everything} == STATUSES
    tags = {tag for name, tag in members(everything) if name == "customTags"}
    assert tags == {"Crown jewel", "OT", "Ransom watch"}


def test_old_incidents_are_mostly_resolved_and_new_ones_mostly_not(
    world: World, incidents: Incidents
) -> None:
    everything = [incident for files in incidents.values() for incident in files]
    ages = [(world.now - when(incident["createdDateTime"]), incident["status"]) for incident in everything]
    old = [status for age, status in ages if age > timedelta(days=7)]
    new = [status for age, status in ages if age < timedelta(hours=2)]

    assert old.count("resolved") / len(old) > 0.85
    assert new.count("resolved") / len(new) < 0.3


def test_every_kind_of_evidence_occurs(incidents: Incidents) -> None:
    kinds = {
        str(value).removeprefix("#microsoft.graph.security.")
        for files in incidents.values()
        for name, value in members(files)
        if name == "@odata.type"
    }

    assert kinds == {
        "alert", "deviceEvidence", "userEvidence", "mailboxEvidence", "fileEvidence", "processEvidence",
        "ipEvidence", "urlEvidence", "analyzedMessageEvidence", "registryKeyEvidence",
        "registryValueEvidence", "cloudApplicationEvidence", "oauthApplicationEvidence",
    }  # fmt: skip


def test_rows_hard_on_a_page_occur(incidents: Incidents) -> None:
    text = json.dumps(incidents["orvane"], ensure_ascii=False)

    assert "<b>invoice</b>.html" in text
    assert "発注書" in text
    assert "\u202e" in text
    assert max(len(str(incident["displayName"])) for incident in incidents["orvane"]) > 300


def test_no_brace_is_left_unfilled(incidents: Incidents) -> None:
    for files in incidents.values():
        assert "{" not in "".join(str(value) for _, value in members(files))


def test_addresses_are_kept_for_documentation(incidents: Incidents) -> None:
    for incident in [incident for files in incidents.values() for incident in files]:
        for piece in evidence_of(incident, "ipEvidence"):
            assert piece["ipAddress"].rpartition(".")[0] in {"203.0.113", "198.51.100", "192.0.2"}
        for piece in evidence_of(incident, "urlEvidence"):
            assert piece["url"].split("/")[2].endswith(".example")


def test_incidents_are_read_whole_by_the_import(world: World, incidents: Incidents) -> None:
    for slug in ("brackwell", "orvane"):
        lines = "\n".join(json.dumps(incident) for incident in incidents[slug])
        records = list(read_records(BytesIO(lines.encode())))
        assert all(isinstance(record, IncidentRecord) for record in records)
        read = [
            (record.external_id, len(record.alerts))
            for record in records
            if isinstance(record, IncidentRecord)
        ]
        assert read == [(incident["id"], len(alerts_of(incident))) for incident in incidents[slug]]
