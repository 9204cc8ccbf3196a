"""What comes in: once, newest wins, nothing of anybody else's, and the same work however many."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, import_all
from tests.connectors.samples import (
    TYPE,
    graph_alert,
    graph_incident,
    siem_detection,
    xdr_alert,
    xdr_incident,
)
from tidegate.devices.models import Device, Identity
from tidegate.incidents.actions.changes import assign_incident, set_alert_status, set_incident_status
from tidegate.incidents.actions.comments import comment_alert, comment_incident
from tidegate.incidents.models import Alert, Comment, Evidence, ImportRun, Incident
from tidegate.incidents.queries import get_incident
from tidegate.incidents.words import Severity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

DEVICE = {
    "@odata.type": TYPE + "deviceEvidence",
    "mdeDeviceId": "d1",
    "deviceDnsName": "pc1.example",
}
USER = {"@odata.type": TYPE + "userEvidence", "userAccount": {"userPrincipalName": "Ann@customer.example"}}


def take(cast: Cast, *records: Any) -> ImportRun:
    return import_all(cast.customer, records)


def counts(run: ImportRun) -> tuple[int, ...]:
    """Alerts made, changed, as they were; incidents likewise."""
    return (
        run.created, run.updated, run.unchanged,
        run.incidents_created, run.incidents_updated, run.incidents_unchanged,
    )  # fmt: skip


def alert(cast: Cast, external_id: str = "da1") -> Alert:
    return Alert.objects.of_tenant(cast.customer.id).select_related("incident").get(external_id=external_id)


def incident(cast: Cast, number: int = 41) -> Incident:
    return Incident.objects.of_tenant(cast.customer.id).get(number=number)


def document(cast: Cast, external_id: str = "da1") -> dict[str, Any]:
    value: dict[str, Any] = json.loads(alert(cast, external_id).document)
    return value


TABLES: list[type[Model]] = [Incident, Alert, Evidence, Comment, Device, Identity]


def everything() -> list[list[dict[str, Any]]]:
    return [list(model._base_manager.order_by("pk").values()) for model in TABLES]


EACH = [
    graph_incident(graph_alert(id="ga1"), graph_alert(id="ga2")),
    graph_alert(incidentId="42", evidence=[DEVICE, USER]),
    graph_alert(id="alone", incidentId=None),
    xdr_incident(xdr_alert()),
    siem_detection(),
    siem_detection(FileName="other.exe"),
]


def test_every_kind_comes_in(cast: Cast) -> None:
    run = take(cast, *EACH)
    assert counts(run) == (6, 0, 0, 5, 0, 0)
    assert run.formats == ["graphIncident", "graphAlert", "defenderXdrIncident", "siemDetection"]
    assert set(Incident.rows.values_list("number", flat=True)) == {1, 41, 42, 77, 900}


def test_the_same_again_changes_nothing(cast: Cast) -> None:
    take(cast, *EACH)
    before = everything()
    assert counts(take(cast, *EACH)) == (0, 0, 6, 0, 0, 2)
    assert everything() == before


def test_the_same_twice_in_one_file_is_one(cast: Cast) -> None:
    run = take(cast, *EACH, *EACH)
    assert counts(run)[:2] == (6, 0)
    assert run.incidents_created == 5
    assert run.incidents_updated == 0
    twice = everything()
    import_all(cast.other, EACH)
    assert Comment.rows.count() == 0
    assert len(twice[0]) == 5


def test_a_newer_record_replaces_and_an_older_one_does_not(cast: Cast) -> None:
    take(cast, graph_alert())
    newer = graph_alert(
        title="Now certain", severity="high", lastUpdateDateTime="2026-03-03T10:00:00Z", evidence=[]
    )
    assert counts(take(cast, newer))[:3] == (0, 1, 0)
    assert (alert(cast).title, alert(cast).severity, alert(cast).version) == ("Now certain", Severity.HIGH, 2)
    assert document(cast)["title"] == "Now certain"
    assert Evidence.rows.count() == 0
    assert counts(take(cast, graph_alert(title="Older still")))[:3] == (0, 0, 1)
    assert alert(cast).title == "Now certain"


def test_what_was_done_here_gives_way_only_to_what_came_later(cast: Cast) -> None:
    take(cast, graph_incident(graph_alert()))
    set_alert_status(cast.enter("analyst"), "da1", "resolved")
    set_incident_status(cast.enter("analyst"), 41, "inProgress")
    between = {"lastUpdateDateTime": "2026-03-05T10:00:00Z"}
    take(
        cast,
        graph_incident(
            graph_alert(title="New title", status="new", **between), displayName="New name", **between
        ),
    )
    assert (alert(cast).title, alert(cast).status) == ("New title", "resolved")
    assert (document(cast)["title"], document(cast)["status"]) == ("New title", "resolved")
    assert (incident(cast).display_name, incident(cast).status) == ("New name", "inProgress")
    later = {"lastUpdateDateTime": "2026-03-20T10:00:00Z"}
    import_all(
        cast.customer, [graph_incident(graph_alert(status="new", **later), status="resolved", **later)]
    )
    assert (alert(cast).status, incident(cast).status) == ("new", "resolved")


def test_work_on_an_incident_known_by_its_alerts_alone_outlives_an_older_file(cast: Cast) -> None:
    take(cast, graph_alert())
    assert incident(cast).is_derived
    assign_incident(cast.enter("analyst"), 41, user_id=cast.user("lead").id)
    take(cast, graph_incident(graph_alert(), assignedTo=None))
    filled = incident(cast)
    assert (filled.display_name, filled.assigned_to) == ("Odd sign-ins", "lead@provider.example")
    assert not filled.is_derived


def test_an_alert_makes_the_incident_it_names_until_that_comes_itself(cast: Cast) -> None:
    take(
        cast,
        graph_alert(),
        graph_alert(id="da2", title="Next", severity="high", status="resolved"),
    )
    made = incident(cast)
    assert (made.is_derived, made.display_name, made.severity) == (True, "Odd sign-in", Severity.HIGH)
    assert (made.status, made.alert_count) == ("active", 2)
    run = take(cast, graph_incident(graph_alert(), severity="low", status="resolved"))
    assert counts(run) == (0, 0, 1, 0, 1, 0)
    filled = incident(cast)
    assert (filled.id, filled.is_derived, filled.display_name) == (made.id, False, "Odd sign-ins")
    assert (filled.severity, filled.status, filled.alert_count) == (Severity.LOW, "resolved", 2)


def test_a_derived_incident_follows_its_alerts(cast: Cast) -> None:
    take(cast, graph_alert())
    set_alert_status(cast.enter("analyst"), "da1", "resolved")
    assert incident(cast).status == "resolved"
    set_alert_status(cast.enter("analyst"), "da1", "inProgress")
    assert incident(cast).status == "active"


def test_an_alert_that_moves_takes_all_of_it_along(cast: Cast) -> None:
    take(cast, graph_alert(incidentId=None, evidence=[DEVICE]))
    alone = alert(cast).incident
    comment_alert(cast.enter("analyst"), "da1", "Looked at it")
    later = graph_alert(evidence=[DEVICE], lastUpdateDateTime="2026-03-03T10:00:00Z")
    take(cast, graph_incident(later))
    new, old = incident(cast), Incident.rows.get(pk=alone.pk)
    assert alert(cast).incident_id == new.id
    assert (new.alert_count, new.device_count) == (1, 1)
    assert (old.alert_count, old.device_count, old.status) == (0, 0, "redirected")
    assert old.redirect_external_id == "41"
    assert Comment.rows.get().incident_id == new.id
    assert document(cast)["incidentId"] == "41"


def test_one_file_that_tells_of_an_incident_late_makes_no_other(cast: Cast) -> None:
    take(cast, graph_alert(incidentId=None), graph_incident(graph_alert()))
    assert list(Incident.rows.values_list("number", flat=True)) == [41]


def test_detections_of_one_alert_become_one(cast: Cast) -> None:
    machine = {"ComputerDnsName": "pc1.example", "DeviceID": "d1"}
    first = siem_detection(FileName="one.exe", **machine)
    more = [
        siem_detection(FileName=name, LastProcessedTimeUtc="2026-03-01T11:00:00Z", **machine)
        for name in ("two.exe", "three.exe")
    ]
    take(cast, first)
    before = list(Evidence.rows.order_by("position").values_list("name", flat=True))
    assert counts(take(cast, *more))[:3] == (0, 1, 0)
    names = list(Evidence.rows.order_by("position").values_list("name", flat=True))
    assert names[: len(before)] == before
    assert {"one.exe", "two.exe", "three.exe"} <= set(names)
    assert len(names) == len(set(names)) == len(document(cast, "sd1")["evidence"])
    assert list(Evidence.rows.order_by("position").values_list("position", flat=True)) == list(
        range(len(names))
    )
    assert alert(cast, "sd1").raw.count("\n") == 2
    assert counts(take(cast, *more, first))[:3] == (0, 0, 1)


def test_a_detection_never_takes_back_what_a_full_alert_told(cast: Cast) -> None:
    take(cast, graph_alert(status="resolved"))
    take(cast, siem_detection(AlertId="da1", LastProcessedTimeUtc="2026-03-09T10:00:00Z"))
    assert (alert(cast).status, alert(cast).title) == ("resolved", "Odd sign-in")


def test_two_tenants_with_the_same_ids_never_meet(cast: Cast) -> None:
    take(cast, *EACH)
    before = everything()
    run = import_all(
        cast.other, [graph_incident(graph_alert(id="ga1", title="Theirs"), displayName="Theirs"), *EACH[1:]]
    )
    assert run.created > 0
    mine = [[row for row in table if row["tenant_id"] == cast.customer.id] for table in everything()]
    assert mine == before
    theirs = Alert.objects.of_tenant(cast.other.id).get(external_id="ga1")
    assert theirs.incident.tenant_id == cast.other.id
    assert get_incident(cast.enter("outsider", cast.other), 41).display_name == "Theirs"
    assert (
        Device.objects.of_tenant(cast.other.id).count() == Device.objects.of_tenant(cast.customer.id).count()
    )


def test_the_tenant_inside_a_file_is_kept_as_written_and_not_followed(cast: Cast) -> None:
    import_all(
        cast.customer, [graph_alert(tenantId=str(cast.other.id), alertWebUrl="https://x.example/?tid=1")]
    )
    assert alert(cast).tenant_id == cast.customer.id
    assert json.loads(alert(cast).raw)["tenantId"] == str(cast.other.id)
    assert document(cast)["tenantId"] == str(cast.customer.id)
    assert document(cast)["alertWebUrl"].endswith(f"/alerts/da1?tid={cast.customer.id}")
    assert not Alert.objects.of_tenant(cast.other.id).exists()


def test_assigned_people_are_found_in_this_tenant_only(cast: Cast) -> None:
    take(
        cast,
        graph_incident(graph_alert(assignedTo="Lead@provider.example"), assignedTo="outsider@other.example"),
    )
    assert alert(cast).assigned_user_id == cast.user("lead").id
    assert (incident(cast).assigned_to, incident(cast).assigned_user_id) == ("outsider@other.example", None)


def test_devices_and_identities_come_out_of_evidence(cast: Cast) -> None:
    import_all(
        cast.customer, [graph_alert(evidence=[DEVICE, USER]), graph_alert(id="da2", evidence=[DEVICE])]
    )
    device, identity = Device.rows.get(), Identity.rows.get()
    assert (device.dns_name, device.mde_device_id) == ("pc1.example", "d1")
    assert identity.user_principal_name == "Ann@customer.example"
    assert (incident(cast).device_count, incident(cast).identity_count) == (1, 1)
    assert Evidence.rows.filter(device_id=device.id).count() == 2


@pytest.mark.parametrize("odd", [[], {}, [1], {"a": 1}, 5, 1.5, True, None, "", "x" * 5000, "\u0000"])
def test_evidence_of_odd_types_comes_in_all_the_same(cast: Cast, odd: Any) -> None:
    names = (
        "mdeDeviceId",
        "azureAdDeviceId",
        "deviceDnsName",
        "osPlatform",
        "ipInterfaces",
        "tags",
        "loggedOnUsers",
    )
    device = {"@odata.type": TYPE + "deviceEvidence", **dict.fromkeys(names, odd)}
    account = dict.fromkeys(
        ("userPrincipalName", "azureAdUserId", "userSid", "accountName", "displayName"), odd
    )
    user = {"@odata.type": TYPE + "userEvidence", "userAccount": account}
    things = [
        {"@odata.type": TYPE + kind, "fileDetails": odd, "imageFile": odd, "url": odd, "ipAddress": odd,
         "subject": odd, "displayName": odd, "registryKey": odd, "primaryAddress": odd}
        for kind in ("fileEvidence", "processEvidence", "urlEvidence", "ipEvidence", "mailboxEvidence",
                     "analyzedMessageEvidence", "registryKeyEvidence", "strangeEvidence")
    ]  # fmt: skip
    run = take(cast, graph_alert(evidence=[device, user, *things]))
    assert (run.created, run.faults) == (1, [])
    assert Evidence.rows.count() == 10


def test_hostile_values_are_taken_inert_or_refused(cast: Cast) -> None:
    odd = {"nul": "\u0000", "high": "\ud800", "large": 2**63 - 1, "deep": [[[[]]]], "html": "<script>"}
    run = take(
        cast,
        graph_incident(
            graph_alert(title="\u0000 <b>", **odd), displayName="\ud800", customTags=["\u0000"], **odd
        ),
        graph_alert(id="far", createdDateTime="9999-12-31T23:59:59Z"),
        graph_alert(id="huge", extra=10**40),
        graph_alert(id="words", classification="x" * 40, determination="y" * 40, serviceSource="z" * 40),
        graph_alert(id="long", title="x" * 4096, category="c" * 4000, assignedTo="a" * 5000),
        graph_alert(id="x" * 256, incidentId="9" * 200),
        graph_alert(id="minus", incidentId="-5"),
        graph_alert(id="last", incidentId=str(2**53 - 1)),
        graph_alert(id="after", incidentId=None),
    )
    assert run.state == "finished"
    assert run.rejected == 3
    assert run.created == 6


def test_an_incident_keeps_its_own_number_and_others_go_around_it(cast: Cast) -> None:
    take(cast, graph_alert(id="a", incidentId=None))
    assert alert(cast, "a").incident.number == 1
    import_all(
        cast.customer, [graph_incident(graph_alert(id="b"), id="1"), graph_alert(id="c", incidentId="2")]
    )
    assert alert(cast, "b").incident.number == 3
    assert alert(cast, "c").incident.number == 2
    scope = cast.enter("analyst")
    assert get_incident(scope, 3).external_id == "1"
    take(cast, graph_alert(id="d", incidentId="007"), graph_alert(id="e", incidentId="x-1"))
    assert [alert(cast, name).incident.number for name in ("d", "e")] == [7, 4]


def test_comments_come_once_and_those_made_here_stay(cast: Cast) -> None:
    said = {"comment": "Seen", "createdByDisplayName": "Ann", "createdDateTime": "2026-03-01T11:00:00Z"}
    later = said | {"createdDateTime": "2026-03-01T12:00:00Z"}
    take(cast, graph_incident(graph_alert(comments=[said, later]), comments=[said]))
    assert Comment.rows.count() == 3
    comment_alert(cast.enter("analyst"), "da1", "And here")
    comment_incident(cast.enter("analyst"), 41, "All of it")
    new = {"lastUpdateDateTime": "2026-03-09T10:00:00Z"}
    import_all(
        cast.customer, [graph_incident(graph_alert(comments=[said, later], **new), comments=[said], **new)]
    )
    assert Comment.rows.count() == 5
    assert [one["comment"] for one in document(cast)["comments"]] == ["Seen", "Seen", "And here"]


def test_the_statements_of_a_batch_do_not_grow_with_it(cast: Cast) -> None:
    def batch(name: str, number: int, **changes: Any) -> list[Any]:
        return [
            graph_incident(
                graph_alert(
                    id=f"{name}{n}", evidence=[DEVICE | {"mdeDeviceId": f"{name}{n}"}, USER], **changes
                ),
                id=str(1000 * len(name) + n),
                **changes,
            )
            for n in range(number)
        ]

    def count(records: list[Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert take(cast, *records).rejected == 0
        return len(queries)

    count(batch("w", 1))
    assert count(batch("ab", 1)) == count(batch("abc", 50))
    later = {"lastUpdateDateTime": "2026-03-09T10:00:00Z"}
    assert count(batch("ab", 1, **later)) == count(batch("abc", 50, **later))


def test_older_news_of_a_device_do_not_undo_newer(cast: Cast) -> None:
    times = {"firstActivityDateTime": "2026-03-01T10:00:00Z", "lastActivityDateTime": "2026-03-05T10:00:00Z"}
    take(cast, graph_alert(evidence=[DEVICE | {"osPlatform": "Windows11"}], **times))
    older = times | {"lastActivityDateTime": "2026-03-02T10:00:00Z"}
    take(cast, graph_alert(id="b", evidence=[DEVICE | {"osPlatform": "Windows10"}], **older))
    device = Device.rows.get()
    assert device.os_platform == "Windows11"
    assert device.last_seen_at - device.first_seen_at == timedelta(days=3)
