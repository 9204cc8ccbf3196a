"""Several changes at once: all of them or none, each with its own permission and its own event."""

import pytest

from tests.cast import NOW, Cast, import_all, scope_with
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from tidegate.incidents.actions.updates import Update, update_alert, update_incident
from tidegate.incidents.models import Alert, Incident

ALL = Update("inProgress", "truePositive", "malware", "somebody else")


@pytest.fixture
def queue(cast: Cast, now: None) -> Cast:
    import_all(cast.customer, [graph_incident(graph_alert(), graph_alert(id="da2"))])
    import_all(cast.customer, [graph_incident(id="50", status="redirected", redirectIncidentId="41")])
    import_all(cast.other, [graph_incident(graph_alert())])
    return cast


def tags(cast: Cast, number: int) -> list[str]:
    events = AuditEvent.rows.filter(tenant_id=cast.customer.id).order_by("-sequence")[:number]
    return sorted(event.tag for event in events)


def test_update_of_an_alert_is_one_version_and_an_event_for_each_change(queue: Cast) -> None:
    alert = update_alert(queue.enter("analyst"), "da1", ALL, version=1)
    assert (alert.status, alert.classification, alert.determination) == ALL_WORDS
    assert (alert.assigned_to, alert.assigned_user_id, alert.version) == ("somebody else", None, 2)
    assert tags(queue, 3) == ["alert.assigned", "alert.classified", "alert.status_changed"]


ALL_WORDS = ("inProgress", "truePositive", "malware")


def test_update_of_an_incident_tags_it_and_resolves_its_alerts(queue: Cast) -> None:
    update = Update("resolved", "falsePositive", tags=["one", "One"])
    incident = update_incident(queue.enter("analyst"), 41, update)
    assert (incident.status, incident.custom_tags, incident.version) == ("resolved", ["one"], 2)
    assert {alert.status for alert in Alert.objects.of_tenant(queue.customer.id)} == {"resolved"}
    assert tags(queue, 4) == [
        "incident.alerts_resolved", "incident.classified", "incident.status_changed", "incident.tagged",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["lead@provider.example", "LEAD@Provider.Example", "upn"])
def test_update_gives_to_whoever_the_name_is(queue: Cast, name: str) -> None:
    lead = queue.user("lead")
    text = lead.user_principal_name.upper() if name == "upn" else name
    scope = queue.enter("analyst")
    alert = update_alert(scope, "da1", Update(assigned_to=text))
    assert (alert.assigned_user_id, alert.assigned_to) == (lead.id, "lead@provider.example")
    alert = update_alert(scope, "da1", Update(assigned_to=""))
    assert (alert.assigned_user_id, alert.assigned_to) == (None, "")
    outsider = update_incident(scope, 41, Update(assigned_to="outsider@other.example"))
    assert (outsider.assigned_user_id, outsider.assigned_to) == (None, "outsider@other.example")


@pytest.mark.parametrize(
    ("update", "needed"),
    [
        (Update(status="new"), Permission.ALERT_UPDATE),
        (Update(), Permission.ALERT_UPDATE),
        (Update(classification="unknown"), Permission.ALERT_CLASSIFY),
        (Update(determination="unknown"), Permission.ALERT_CLASSIFY),
        (Update(assigned_to=""), Permission.ALERT_ASSIGN),
    ],
)
def test_update_of_an_alert_needs_each_permission(queue: Cast, update: Update, needed: Permission) -> None:
    others = {
        Permission.ALERT_UPDATE,
        Permission.ALERT_CLASSIFY,
        Permission.ALERT_ASSIGN,
        Permission.INCIDENT_UPDATE,
    } - {needed}
    with pytest.raises(Forbidden) as refused:
        update_alert(scope_with(queue.customer, *others), "da1", update)
    assert refused.value.permission == needed


@pytest.mark.parametrize(
    ("update", "needed"),
    [
        (Update(status="active"), Permission.INCIDENT_UPDATE),
        (Update(), Permission.INCIDENT_UPDATE),
        (Update(determination="unknown"), Permission.INCIDENT_CLASSIFY),
        (Update(assigned_to=""), Permission.INCIDENT_ASSIGN),
        (Update(tags=[]), Permission.INCIDENT_TAG),
    ],
)
def test_update_of_an_incident_needs_each_permission(queue: Cast, update: Update, needed: Permission) -> None:
    others = {
        Permission.INCIDENT_UPDATE,
        Permission.INCIDENT_CLASSIFY,
        Permission.INCIDENT_ASSIGN,
        Permission.INCIDENT_TAG,
    } - {needed}
    with pytest.raises(Forbidden) as refused:
        update_incident(scope_with(queue.customer, *others), 41, update)
    assert refused.value.permission == needed


def test_update_with_one_bad_part_changes_nothing(queue: Cast) -> None:
    scope, before = queue.enter("analyst"), AuditEvent.rows.count()
    bad = [
        Update("inProgress", assigned_to="a\0"),
        Update("inProgress", determination="certain"),
        Update("redirected", "truePositive"),
        Update("inProgress", tags=["x" * 200]),
    ]
    for update in bad:
        with pytest.raises(InvalidInput):
            update_incident(scope, 41, update)
    with pytest.raises(Conflict):
        update_incident(scope, 50, Update("active"))
    with pytest.raises(NotFound):
        update_alert(scope, "da9", ALL)
    assert AuditEvent.rows.count() == before
    assert Incident.objects.of_tenant(queue.customer.id).get(number=41).version == 1


def test_update_of_what_changed_since_is_stale(queue: Cast) -> None:
    scope = queue.enter("analyst")
    update_alert(scope, "da1", ALL, version=1)
    with pytest.raises(Stale):
        update_alert(scope, "da1", Update("resolved"), version=1)


def test_update_stays_in_its_tenant(queue: Cast) -> None:
    update_alert(queue.enter("outsider", queue.other), "da1", ALL)
    alert = Alert.objects.of_tenant(queue.customer.id).get(external_id="da1")
    assert (alert.version, alert.assigned_to) == (1, "")
    with pytest.raises(NotFound):
        update_alert(queue.enter("outsider", queue.other), "da2", ALL)


def test_resolved_alert_keeps_the_instant_of_its_resolution(queue: Cast) -> None:
    alert = update_alert(queue.enter("analyst"), "da1", Update("resolved"))
    assert alert.resolved_at == NOW
