"""Hand-over: everything open changes hands at once, told in one event."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.cast import Cast, import_all, scope_with
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, Forbidden, InvalidInput
from tidegate.directory.actions.users import block_user
from tidegate.incidents.actions.changes import assign_alert, assign_incident, set_incident_status
from tidegate.incidents.actions.hand_over import HandedOver, hand_over
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.owned import count_owned

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """The analyst has two open incidents and one resolved, and an alert in one of the first."""
    records = [
        graph_incident(graph_alert()),
        graph_incident(graph_alert(id="b1"), id="42"),
        graph_incident(graph_alert(id="c1"), id="43"),
    ]
    for tenant in (cast.customer, cast.other):
        import_all(tenant, records)
    scope, own = cast.enter("lead"), cast.user("analyst").id
    for number in (41, 42, 43):
        assign_incident(scope, number, user_id=own)
    assign_alert(scope, "da1", user_id=own)
    set_incident_status(scope, 43, "resolved")
    return cast


def owners(cast: Cast) -> dict[int, str]:
    rows = Incident.objects.of_tenant(cast.customer.id).order_by("number")
    return dict(rows.values_list("number", "assigned_to"))


def test_open_work_changes_hands_in_one_event(busy: Cast) -> None:
    scope, giver, taker = busy.enter("lead"), busy.user("analyst"), busy.user("lead")
    assert count_owned(scope, [giver.id, taker.id]) == {giver.id: 2}
    done = hand_over(scope, from_user_id=giver.id, to_user_id=taker.id, justification="Leaves on Friday")
    assert done == HandedOver(incidents=2, alerts=1)
    assert owners(busy) == {
        41: "lead@provider.example",
        42: "lead@provider.example",
        43: "analyst@provider.example",
    }
    alert = Alert.objects.of_tenant(busy.customer.id).get(external_id="da1")
    assert json.loads(alert.document)["assignedTo"] == "lead@provider.example"
    assert Incident.objects.of_tenant(busy.customer.id).get(number=41).version == 3
    event = AuditEvent.rows.filter(tenant_id=busy.customer.id).latest("sequence")
    details = json.loads(event.details)
    assert (event.tag, event.target_name) == ("incidents.handed_over", giver.user_principal_name)
    assert (details["incidents"], details["alerts"]) == ([41, 42], ["da1"])
    assert details["justification"] == "Leaves on Friday"
    with pytest.raises(Conflict):
        hand_over(scope, from_user_id=giver.id, to_user_id=taker.id, justification="Again")


def test_who_is_out_already_can_still_be_taken_over_from(busy: Cast) -> None:
    block_user(busy.enter("admin"), busy.user("analyst").id)
    scope, giver = busy.enter("admin"), busy.user("analyst")
    with pytest.raises(InvalidInput) as refused:
        hand_over(scope, from_user_id=busy.user("lead").id, to_user_id=giver.id, justification="x")
    assert refused.value.fields == {"to": "must be someone who may enter this tenant now"}
    hand_over(scope, from_user_id=giver.id, to_user_id=busy.user("lead").id, justification="x")
    assert owners(busy)[41] == "lead@provider.example"


def test_what_is_wrong_is_named_and_nothing_changes(busy: Cast) -> None:
    scope, giver, taker = busy.enter("lead"), busy.user("analyst").id, busy.user("lead").id
    outsider = busy.user("outsider", busy.other).id
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"from_user_id": outsider, "to_user_id": taker, "justification": "x"}, "from"),
        ({"from_user_id": uuid4(), "to_user_id": taker, "justification": "x"}, "from"),
        ({"from_user_id": giver, "to_user_id": outsider, "justification": "x"}, "to"),
        ({"from_user_id": giver, "to_user_id": giver, "justification": "x"}, "to"),
        ({"from_user_id": giver, "to_user_id": taker, "justification": " "}, "justification"),
    )
    for given, named in cases:
        with pytest.raises(InvalidInput) as refused:
            hand_over(scope, **given)
        assert list(refused.value.fields) == [named]
    assert set(owners(busy).values()) == {"analyst@provider.example"}


def test_who_may_not_assign_may_not_hand_over(busy: Cast) -> None:
    for name in ("reader", "member", "helper"):
        with pytest.raises(Forbidden):
            hand_over(
                busy.enter(name),
                from_user_id=busy.user("analyst").id,
                to_user_id=busy.user("lead").id,
                justification="x",
            )
    scope = scope_with(busy.customer, Permission.INCIDENT_ASSIGN)
    with pytest.raises(Forbidden):
        hand_over(
            scope, from_user_id=busy.user("analyst").id, to_user_id=busy.user("lead").id, justification="x"
        )


def test_another_tenant_keeps_its_own(busy: Cast) -> None:
    scope = busy.enter("outsider", busy.other)
    assign_incident(scope, 41, user_id=scope.entry.user_id)
    hand_over(
        busy.enter("lead"),
        from_user_id=busy.user("analyst").id,
        to_user_id=busy.user("lead").id,
        justification="x",
    )
    row = Incident.objects.of_tenant(busy.other.id).get(number=41)
    assert (row.assigned_to, row.version) == ("outsider@other.example", 2)
