"""Alerts put into another incident, and incidents merged."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cast import NOW, Cast, import_all, make_cast, scope_with
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import verify_chain
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.models import Tenant
from tidegate.incidents.actions.changes import set_incident_status
from tidegate.incidents.actions.comments import comment_alert
from tidegate.incidents.actions.moving import merge_incidents, move_alerts
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert, Comment, Incident
from tidegate.incidents.queue import merged_into

LATER = "2026-03-12T10:00:00Z"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    made = make_cast()
    with standing_at(NOW):
        for tenant in (made.customer, made.other):
            import_all(tenant, [_incident(1, "a", "b"), _incident(2, "c"), _incident(3, "d")])
        yield made


def _incident(number: int, *alerts: str, **changes: Any) -> dict[str, Any]:
    made = [graph_alert(id=f"da-{name}", incidentId=str(number), title=name, **changes) for name in alerts]
    return graph_incident(*made, id=str(number), displayName=f"Incident {number}", **changes)


def incident(cast: Cast, number: int, tenant: Tenant | None = None) -> Incident:
    return Incident.objects.of_tenant((tenant or cast.customer).id).get(number=number)


def alert(cast: Cast, name: str, tenant: Tenant | None = None) -> Alert:
    rows = Alert.objects.of_tenant((tenant or cast.customer).id)
    return rows.select_related("incident").get(external_id=f"da-{name}")


def test_moved_alert_is_in_its_new_incident_in_every_respect(cast: Cast) -> None:
    scope = cast.enter("analyst")
    comment_alert(scope, "da-a", "seen")
    before = alert(cast, "a")
    move_alerts(scope, ["da-a"], to=2, reason="sameAttack", comment="belongs here")
    moved = alert(cast, "a")
    assert (moved.incident.number, moved.version) == (2, before.version + 1)
    assert moved.last_update_at > before.last_update_at
    assert read_document(moved)["incidentId"] == "2"
    assert [incident(cast, number).alert_count for number in (1, 2, 3)] == [1, 2, 1]
    said = Comment.objects.of_tenant(cast.customer.id).filter(incident_id=incident(cast, 2).id)
    assert sorted(said.values_list("text", flat=True)) == ["belongs here", "seen"]
    events = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="incident.alerts_moved")
    assert sorted(events.values_list("target_id", flat=True)) == ["1", "2"]
    assert '"reason": "sameAttack"' in events[0].details
    assert verify_chain(cast.customer.id).faults == ()


def test_source_does_not_move_back_what_people_moved(cast: Cast) -> None:
    move_alerts(cast.enter("analyst"), ["da-a"], to=2, reason="other")
    import_all(cast.customer, [_incident(1, "a", "b", lastUpdateDateTime=LATER, severity="high")])
    moved = alert(cast, "a")
    assert moved.incident.number == 2
    assert read_document(moved)["incidentId"] == "2"
    assert read_document(moved)["severity"] == "high"
    assert [incident(cast, number).alert_count for number in (1, 2)] == [1, 2]


def test_merged_incident_leads_on_and_stays_merged(cast: Cast) -> None:
    scope = cast.enter("analyst")
    merge_incidents(scope, [1, 3], into=2, reason="duplicate")
    assert [incident(cast, number).alert_count for number in (1, 2, 3)] == [0, 4, 0]
    for number in (1, 3):
        merged = incident(cast, number)
        assert merged.status == "redirected"
        found = merged_into(scope, merged)
        assert found
        assert found.number == 2
        with pytest.raises(Conflict):
            set_incident_status(scope, number, "resolved")
    import_all(cast.customer, [_incident(1, "a", "b", lastUpdateDateTime=LATER)])
    assert incident(cast, 1).status == "redirected"
    assert incident(cast, 2).alert_count == 4


@pytest.mark.parametrize(
    ("do", "error"),
    [
        (lambda scope: move_alerts(scope, ["da-a"], to=9, reason="other"), NotFound),
        (lambda scope: move_alerts(scope, ["da-a", "da-none"], to=2, reason="other"), NotFound),
        (lambda scope: move_alerts(scope, ["da-a", "\0"], to=2, reason="other"), NotFound),
        (lambda scope: move_alerts(scope, ["da-a"], to=2, reason="because"), InvalidInput),
        (lambda scope: move_alerts(scope, [], to=2, reason="other"), InvalidInput),
        (lambda scope: merge_incidents(scope, [2], into=2, reason="other"), InvalidInput),
        (lambda scope: merge_incidents(scope, [1, 9], into=2, reason="other"), NotFound),
    ],
    ids=("to nowhere", "one absent", "NUL", "no such reason", "none", "into itself", "absent incident"),
)
def test_what_cannot_be_moved_moves_nothing(
    cast: Cast, do: Callable[[Any], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        do(cast.enter("analyst"))
    assert [incident(cast, number).alert_count for number in (1, 2, 3)] == [2, 1, 1]
    tags = AuditEvent.objects.of_tenant(cast.customer.id).values_list("tag", flat=True)
    assert not {"incident.alerts_moved", "incident.merged"} & set(tags)


def test_nothing_of_another_tenant_moves(cast: Cast) -> None:
    import_all(cast.other, [_incident(8, "theirs")])
    scope = cast.enter("analyst")
    with pytest.raises(NotFound):
        move_alerts(scope, ["da-theirs"], to=2, reason="other")
    with pytest.raises(NotFound):
        move_alerts(scope, ["da-a"], to=8, reason="other")
    with pytest.raises(NotFound):
        merge_incidents(scope, [8], into=2, reason="other")
    merge_incidents(scope, [1], into=2, reason="other")
    assert [incident(cast, number, cast.other).alert_count for number in (1, 2, 3)] == [2, 1, 1]


def test_who_may_only_read_moves_nothing(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        move_alerts(cast.enter("reader"), ["da-a"], to=2, reason="other")
    only = scope_with(cast.customer, Permission.INCIDENT_READ, Permission.INCIDENT_UPDATE)
    with pytest.raises(Forbidden):
        merge_incidents(only, [1], into=2, reason="other")
