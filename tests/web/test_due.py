"""Clocks on the queue: what is left of the time that a provider agreed with its customer."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, import_all
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import incident_of, some_incident
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.customers.actions.service_levels import assign_service_level, create_service_level
from tidegate.customers.clocks import Target
from tidegate.customers.levels import LevelDraft
from tidegate.gate.opening import open as open_gate
from tidegate.gate.opening import open_many
from tidegate.incidents.actions.changes import set_incident_status
from tidegate.web.queue.due import Due, find_due

type SignIn = Callable[..., Visitor]

MADE = NOW - timedelta(minutes=40)
TARGETS = {"high": Target(60, 240), "medium": Target(240, None)}


@pytest.fixture
def agreed(cast: Cast) -> Cast:
    made = MADE.strftime("%Y-%m-%dT%H:%M:%SZ")
    levels = {41: "high", 42: "medium", 43: "low"}
    import_all(
        cast.customer,
        [some_incident(number, severity=level, createdDateTime=made) for number, level in levels.items()],
    )
    home = open_gate(cast.actor("boss"), str(cast.provider.id))
    level = create_service_level(home, LevelDraft("Gold", TARGETS))
    # Whoever assigns must be able to enter the customer: here the provider's administrator is let in for it.
    reach = open_many(cast.actor("analyst"), Permission.TENANT_READ)
    assign_service_level(home, reach=reach.reach, tenant_ids=[cast.customer.id], level_id=level.id)
    return cast


def due_of(cast: Cast, name: str, number: int) -> Due | None:
    incident = incident_of(cast.customer, number)
    return find_due(cast.actor(name), [incident]).get(incident.id)


def test_clock_runs_from_when_it_was_made_to_the_step_that_is_next(agreed: Cast) -> None:
    assert due_of(agreed, "analyst", 41) == Due("acknowledge", timedelta(minutes=20), 40 / 60)
    assert due_of(agreed, "analyst", 42) == Due("acknowledge", timedelta(minutes=200), 40 / 240)
    assert due_of(agreed, "analyst", 43) is None
    set_incident_status(agreed.enter("analyst"), 41, "inProgress")
    assert due_of(agreed, "analyst", 41) == Due("resolve", timedelta(minutes=200), 40 / 240)
    set_incident_status(agreed.enter("analyst"), 42, "inProgress")
    assert due_of(agreed, "analyst", 42) is None
    set_incident_status(agreed.enter("analyst"), 41, "awaitingAction")
    paused = due_of(agreed, "analyst", 41)
    assert paused
    assert paused.is_paused
    set_incident_status(agreed.enter("analyst"), 41, "resolved")
    assert due_of(agreed, "analyst", 41) is None


@pytest.mark.parametrize(
    ("passed", "is_soon", "is_late"),
    [(29, False, False), (44.9, False, False), (45, True, False), (59.9, True, False), (60, False, True)],
)
def test_clock_warns_and_then_tells_how_late_it_is(
    agreed: Cast, passed: float, *, is_soon: bool, is_late: bool
) -> None:
    with standing_at(MADE + timedelta(minutes=passed)):
        due = due_of(agreed, "analyst", 41)
    assert due
    assert (due.is_soon, due.is_late) == (is_soon, is_late)
    assert due.used <= 1


def test_rows_and_page_show_it_to_the_provider_alone(agreed: Cast, visit: SignIn) -> None:
    assert "Ack 20 m" in text_of(visit("analyst").get("/incidents"))
    assert "Ack 20 m" in text_of(Visitor(visit("analyst").client, "all").get("/incidents"))
    assert "Ack 20 m" in text_of(visit("analyst").get("/incidents/41"))
    for name in ("reader", "admin"):
        assert due_of(agreed, name, 41) is None
        assert "Ack" not in text_of(visit(name).get("/incidents"))


def test_late_one_is_taken_before_an_older_one_of_its_severity(agreed: Cast, visit: SignIn) -> None:
    older = (MADE - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    import_all(agreed.provider, [some_incident(7, severity="high", createdDateTime=older)])
    taken = Visitor(visit("boss").client, "all").post("/incidents/next").url
    assert taken == f"/incidents/7?tid={agreed.provider.id}"
    taken = Visitor(visit("analyst").client, "all").post("/incidents/next").url
    assert taken == f"/incidents/41?tid={agreed.customer.id}"
