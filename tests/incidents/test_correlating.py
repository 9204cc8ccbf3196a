"""Alerts that come without an incident join one of ours: in one tenant, once, with a reason that holds."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, import_all, make_cast, scope_with
from tests.connectors.samples import TYPE, graph_incident, siem_detection
from tests.devices.making import device_evidence, hide
from tests.incidents.correlating import DAY, alert, made, together
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.devices.models import Device
from tidegate.directory.models import Tenant
from tidegate.incidents.actions.changes import assign_incident, set_incident_status
from tidegate.incidents.actions.correlation import set_correlation
from tidegate.incidents.actions.creating import Finding, create_alert
from tidegate.incidents.actions.moving import move_alerts
from tidegate.incidents.correlation.matching import Span
from tidegate.incidents.correlation.reasons import Reason, reasons_of
from tidegate.incidents.correlation.rules import Rules, get_rules
from tidegate.incidents.correlation.stored import find_stored
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert, Correlation, CorrelationKey, CorrelationKind, Incident
from tidegate.incidents.words import Severity

P, F, U, D = CorrelationKind


def reason(cast: Cast, name: str, who: str = "analyst") -> Reason | None:
    row = alert(cast, name)
    return reasons_of(cast.enter(who), [row]).get(row.id)


def sets(*names: str) -> set[frozenset[str]]:
    """Alerts by their letters: those in one incident in one word."""
    return {frozenset(word) for word in names}


@pytest.fixture
def take(cast: Cast, now: object) -> Callable[..., None]:
    def bring(*records: Any) -> None:
        import_all(cast.customer, records)

    return bring


def test_alerts_of_a_device_are_one_incident_in_one_batch_and_over_several(
    cast: Cast, take: Callable[..., None]
) -> None:
    take(made("a", "pc-1", severity="low"), made("b", "pc-1", hours=10.05), made("c", "pc-2"))
    take(made("d", "pc-1", hours=9, severity="high"), made("e", "pc-3"))
    assert together(cast.customer) == sets("abd", "c", "e")
    incident = alert(cast, "a").incident
    assert (incident.alert_count, incident.device_count, incident.severity) == (3, 1, Severity.HIGH)
    assert incident.display_name == "Of d"
    assert read_document(alert(cast, "d"))["incidentId"] == str(incident.number)
    assert sorted(Incident.rows.values_list("number", flat=True)) == [1, 2, 3]
    assert reason(cast, "a") is None
    assert reason(cast, "b") == Reason(D, "pc-1", "a", timedelta(minutes=3))
    assert reason(cast, "d") == Reason(D, "pc-1", "a", timedelta(hours=1))


def test_import_tells_what_joined_what(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "pc-1"))
    take(made("b", "pc-1"), made("c"))
    event = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="alerts.imported").latest("sequence")
    details = json.loads(event.details)
    joined = alert(cast, "a").incident
    assert details["correlated"] == [
        {"alert": "b", "incident": joined.number, "by": "device", "shared": "pc-1", "with": "a"}
    ]
    assert details["changed_incident_ids"] == [str(joined.id)]
    assert details["new_incident_ids"] == [str(alert(cast, "c").incident_id)]
    assert details["incidents_created"] == 1
    first = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="alerts.imported").earliest("sequence")
    assert "correlated" not in json.loads(first.details)


def test_same_evidence_in_two_tenants_is_two_incidents(cast: Cast, take: Callable[..., None]) -> None:
    for tenant in (cast.customer, cast.other, cast.provider):
        import_all(tenant, [made("a", "pc-1", users=["ann"])])
    for tenant in (cast.other, cast.customer):
        import_all(tenant, [made("b", "pc-1", users=["ann"])])
    import_all(cast.provider, [made("c", "pc-2")])
    assert together(cast.customer) == together(cast.other) == sets("ab")
    assert together(cast.provider) == sets("a", "c")
    assert all(row.alert.tenant_id == row.tenant_id for row in Correlation.rows.select_related("alert"))
    others = {row.other_id: row.tenant_id for row in Correlation.rows.all()}
    assert {row.id: row.tenant_id for row in Alert.rows.filter(id__in=others)} == others
    outsider = cast.enter("outsider", cast.other)
    assert reasons_of(outsider, [alert(cast, "b")]) == {}


def test_source_decides_where_it_says_something(cast: Cast, take: Callable[..., None]) -> None:
    take(graph_incident(made("a", "pc-1") | {"incidentId": "41"}), made("b", "pc-1"))
    take(made("c", "pc-1", incidentId="77"), siem_detection(AlertId="d", ComputerDnsName="pc-1.corp.example"))
    assert together(cast.customer) == sets("a", "b", "cd")
    take(made("e", "pc-1"))
    assert together(cast.customer) == sets("a", "be", "cd")
    take(made("e", "pc-1", incidentId="41", lastUpdateDateTime="2026-03-06T10:00:00Z"))
    assert together(cast.customer) == sets("ae", "b", "cd")
    assert reason(cast, "e") is None
    assert not CorrelationKey.rows.filter(alert_id=alert(cast, "e").id).exists()


def test_what_people_placed_stays_and_draws_others(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "pc-1"), made("b", "pc-1"), made("c", "pc-2"))
    take(graph_incident(made("s", "pc-9") | {"incidentId": "900"}, id="900"))
    target = alert(cast, "c").incident.number
    move_alerts(cast.enter("analyst"), ["b", "s"], to=target, reason="wrongCorrelation")
    assert reason(cast, "b") is None
    take(made("b", "pc-1", title="Anew", lastUpdateDateTime="2026-03-06T10:00:00Z"))
    assert together(cast.customer) == sets("a", "bcs")
    take(made("d", "pc-9"))
    assert together(cast.customer) == sets("a", "bcsd")
    # Whoever puts it back has reasons of their own.
    move_alerts(cast.enter("analyst"), ["b"], to=alert(cast, "a").incident.number, reason="other")
    assert together(cast.customer) == sets("ab", "csd")
    assert reason(cast, "b") is None


def test_closed_incidents_take_none_and_those_worked_on_do(cast: Cast, take: Callable[..., None]) -> None:
    scope = cast.enter("analyst")
    take(made("a", "pc-1"), made("b", "pc-2", severity="low"), made("c", "pc-3", status="resolved"))
    set_incident_status(scope, alert(cast, "a").incident.number, "resolved")
    assign_incident(scope, alert(cast, "b").incident.number, user_id=cast.user("lead").id)
    take(made("x", "pc-1"), made("y", "pc-2", severity="high"), made("z", "pc-3"))
    assert together(cast.customer) == sets("a", "x", "by", "c", "z")
    worked = alert(cast, "b").incident
    assert (worked.severity, worked.assigned_to) == (Severity.HIGH, "lead@provider.example")
    take(made("r", "pc-2", status="resolved"))
    assert together(cast.customer) == sets("a", "x", "byr", "c", "z")


def test_alert_told_anew_draws_by_what_it_names_now(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "pc-1"))
    later: dict[str, Any] = {"lastUpdateDateTime": "2026-03-06T10:00:00Z"}
    take(made("x", "pc-1"), made("a", "pc-2", **later), made("y", "pc-2"))
    # The first of a batch saw it as it will stand: it has left pc-1 by then.
    assert together(cast.customer) == sets("ay", "x")
    take(siem_detection(AlertId="m", ComputerDnsName="pc-7", IncidentLinkToMTP=""))
    take(siem_detection(AlertId="m", ComputerDnsName="pc-8", IncidentLinkToMTP="", FullId="2"))
    take(siem_detection(AlertId="n", ComputerDnsName="pc-8", IncidentLinkToMTP=""))
    assert together(cast.customer) == sets("ay", "x", "mn")


def test_strongest_reason_is_kept_and_a_bridge_merges_nothing(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "pc-1"), made("b", users=["ann"]))
    take(made("c", "pc-1", users=["ann"]))
    assert together(cast.customer) == sets("a", "bc")
    assert reason(cast, "c") == Reason(U, "ann@corp.example", "b", timedelta(0))


def test_finding_of_a_program_joins_like_any_other(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "pc-1", hours=100))
    scope = scope_with(cast.customer, *Permission)
    device = Device.objects.of_tenant(cast.customer.id).get()
    finding = Finding("Found", Severity.LOW, "Malware", "d", "r", DAY + timedelta(hours=99), "1")
    found = create_alert(scope, device.id, finding)
    assert found.incident_id == alert(cast, "a").incident_id
    assert reason(cast, found.external_id) == Reason(D, "pc-1", "a", timedelta(hours=1))
    event = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="alert.created")
    assert json.loads(event.details)["correlated"][0]["with"] == "a"


def test_settings_hold_from_then_on_and_are_recorded(cast: Cast, take: Callable[..., None]) -> None:
    admin = cast.enter("admin")
    assert get_rules(admin) == Rules()
    take(made("a", "pc-1", users=["ann"]))
    set_correlation(admin, kinds=["user"], window_hours=2, largest=3)
    assert get_rules(admin) == Rules(frozenset({U}), timedelta(hours=2), 3)
    take(made("b", "pc-1"), made("c", users=["ann"], hours=12.1))
    assert together(cast.customer) == sets("a", "b", "c")
    take(made("d", users=["ann"], hours=12), made("e", users=["ann"], hours=12))
    # Both stand nearer to c; full at three, so the next begins another.
    take(made("f", users=["ann"], hours=12), made("g", users=["ann"], hours=12.2))
    assert together(cast.customer) == sets("afg", "b", "cde")
    set_correlation(admin, kinds=[], window_hours=2, largest=3)
    take(made("h", users=["ann"], hours=12))
    assert frozenset("h") in together(cast.customer)
    set_correlation(admin, kinds=[], window_hours=2, largest=3)
    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="correlation.changed")
    assert [json.loads(event.details)["after"]["kinds"] for event in events.order_by("sequence")] == [
        ["user"],
        [],
    ]
    # Another tenant has its own.
    assert get_rules(cast.enter("outsider", cast.other)) == Rules()


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kinds": ["address"]}, "kinds"),
        ({"window_hours": 0}, "window_hours"),
        ({"window_hours": 169}, "window_hours"),
        ({"largest": 1}, "largest"),
        ({"largest": 301}, "largest"),
    ],
)
def test_settings_that_make_no_sense_are_refused(cast: Cast, changes: dict[str, Any], field: str) -> None:
    told: dict[str, Any] = {"kinds": ["user"], "window_hours": 24, "largest": 150, **changes}
    with pytest.raises(InvalidInput) as refused:
        set_correlation(cast.enter("admin"), **told)
    assert list(refused.value.fields) == [field]
    assert get_rules(cast.enter("admin")) == Rules()


@pytest.mark.usefixtures("now")
def test_only_who_manages_security_settings_sees_and_sets_them(cast: Cast) -> None:
    for name in ("analyst", "reader", "member", "helper"):
        with pytest.raises(Forbidden):
            get_rules(cast.enter(name))
        with pytest.raises(Forbidden):
            set_correlation(cast.enter(name), kinds=[], window_hours=1, largest=2)


def test_reason_tells_nothing_of_hidden_devices(cast: Cast, take: Callable[..., None]) -> None:
    hide(cast, "srv")
    shared = {"@odata.type": TYPE + "fileEvidence", "fileDetails": {"sha1": "a" * 40, "fileName": "x.exe"}}
    on_server = {**shared, "mdeDeviceId": "id-srv-1"}
    on_other = {**shared, "mdeDeviceId": "id-pc-5"}
    take(
        made("hidden", "srv-1", users=["ann"]),
        made("seen", "pc-1", users=["ann"]),
        made("mixed", "srv-1", "pc-2", users=["bob"], hours=60),
        made("beside", "pc-3", users=["bob"], hours=60),
        made("filed", "srv-1", "pc-4", hours=99)
        | {"evidence": [*map(device_evidence, ("pc-4", "srv-1")), on_server]},
        made("found", "pc-5", hours=99) | {"evidence": [device_evidence("pc-5"), shared]},
        made("plain", "pc-5", hours=99.5),
        made("unseen", "srv-1", hours=200) | {"evidence": [device_evidence("srv-1"), on_other]},
        made("last", "pc-6", hours=200) | {"evidence": [device_evidence("pc-6"), on_other]},
    )
    assert reason(cast, "seen", "admin") == Reason(U, "ann@corp.example", "hidden", timedelta(0))
    assert reason(cast, "beside", "admin") == Reason(U, "bob@corp.example", "mixed", timedelta(0))
    assert reason(cast, "found", "admin") == Reason(F, "x.exe", "filed", timedelta(0))
    assert reason(cast, "last", "admin") == Reason(F, "x.exe", "unseen", timedelta(0))
    # Not seen at all; seen, but the user may be of the hidden device; the file is on it; not seen, as before,
    # though the file is on a device that is.
    assert [reason(cast, name) for name in ("seen", "beside", "found", "last")] == [None] * 4
    assert reason(cast, "plain") == Reason(D, "pc-5", "found", timedelta(minutes=30))


def test_reason_about_the_hidden_device_itself_is_not_there(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "srv-1", "pc-1"), made("b", "srv-1", "pc-2"))
    assert reason(cast, "b") == Reason(D, "srv-1", "a", timedelta(0))
    hide(cast, "srv")
    assert reason(cast, "b") is None
    assert reason(cast, "b", "admin") is not None


def count(tenant: Tenant, records: list[dict[str, Any]]) -> int:
    with CaptureQueriesContext(connection) as captured:
        import_all(tenant, records)
    inserts = ('INSERT INTO "incidents_correlationkey"', 'INSERT INTO "incidents_indicator"')
    return sum(not query["sql"].startswith(inserts) for query in captured.captured_queries)


def test_statements_are_as_many_for_one_as_for_many(cast: Cast, take: Callable[..., None]) -> None:
    take(made("a", "pc-1"), *(made(f"a{n}", f"ws-{n}", hours=60) for n in range(40)))
    one = count(cast.customer, [made("b", "pc-1")])
    many = count(cast.customer, [made(f"b{n}", f"ws-{n}", hours=60) for n in range(40)])
    assert many == one
    assert Correlation.rows.count() == 41


def test_of_one_thing_no_more_is_looked_at_than_asked(cast: Cast, take: Callable[..., None]) -> None:
    take(*(made(f"a{n}", "pc-1", "pc-2", hours=n) for n in range(6)))
    import_all(cast.other, [made("x", "pc-1", hours=5)])
    span = Span(DAY + timedelta(hours=2), DAY + timedelta(hours=4))
    named = [((D, "mde:id-pc-1"), span), ((D, "dns:pc-2.corp.example"), span), ((U, "mde:id-pc-1"), span)]
    found = find_stored(cast.customer.id, named, 2)
    hours: dict[str, list[float]] = {name: [] for _kind, name in (one for one, _ in named)}
    for row in found:
        assert row.span.first == row.span.last
        hours[row.value].append((row.span.first - DAY) / timedelta(hours=1))
    assert {name: sorted(many) for name, many in hours.items()} == {
        "mde:id-pc-1": [3, 4],
        "dns:pc-2.corp.example": [3, 4],
    }
    assert {row.alert_id for row in found} == {alert(cast, "a3").id, alert(cast, "a4").id}
    assert find_stored(cast.customer.id, [], 2) == []


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_incident() -> None:
    cast = make_cast()
    begin = threading.Barrier(3)
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            begin.wait(10)
            for number in range(4):
                records = [made(f"{name}{number}{n}", "pc-1", f"ws-{n}") for n in range(5)]
                import_all(cast.customer, records)
                if name == "x":
                    first = Incident.objects.of_tenant(cast.customer.id).order_by("id").first()
                    assert first is not None
                    assign_incident(scope_with(cast.customer, *Permission), first.number, user_id=None)
        except BaseException as error:  # noqa: BLE001  it is reported by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    [incident] = Incident.objects.of_tenant(cast.customer.id)
    assert incident.alert_count == Alert.rows.count() == 60
    assert Correlation.rows.count() == 59
