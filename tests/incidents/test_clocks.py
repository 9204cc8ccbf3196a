"""Clocks: kept by every change, read in their order, and told of once for each threshold."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast, import_all
from tests.customers.making import make_level
from tests.incidents.hiding import let_analyst_into_other
from tests.web.queue_pages import some_incident
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import InvalidInput
from tidegate.customers.actions.service_levels import assign_service_level, update_service_level
from tidegate.customers.clocks import Target
from tidegate.customers.levels import read_draft
from tidegate.customers.models import LevelChange, ServiceLevel
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open as open_gate
from tidegate.gate.opening import open_many
from tidegate.incidents.actions.changes import set_incident_status
from tidegate.incidents.clock_jobs import follow_level_changes, tell_of_clocks
from tidegate.incidents.clocks.keeping import NEVER
from tidegate.incidents.exporting import read_incidents
from tidegate.incidents.filters import Filter
from tidegate.incidents.models import Incident, IncidentClock
from tidegate.incidents.queries import page_incidents

MADE = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
TARGETS = {"high": {"acknowledge": 100, "resolve": 300}, "medium": {"resolve": 600}}


@pytest.fixture
def agreed(cast: Cast) -> Iterator[Cast]:
    """Gold for the customer and for the other tenant, which the analyst of the provider may enter too."""
    with standing_at(NOW):
        let_analyst_into_other(cast)
        make_level(cast.provider, "Gold", cast.customer, cast.other, targets=TARGETS)
        yield cast


def came_in(tenant: Tenant, number: int, minutes: int = 0, **changes: Any) -> None:
    """An incident made so many minutes after `MADE`."""
    made = (MADE + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"severity": "high", "status": "active", "comments": [], "createdDateTime": made, **changes}
    import_all(tenant, [some_incident(number, lastUpdateDateTime=made, **given)])


def clock_of(tenant: Tenant, number: int) -> IncidentClock | None:
    rows = IncidentClock.objects.of_tenant(tenant.id)
    return rows.filter(incident__number=number).first()


def due_of(tenant: Tenant, number: int) -> tuple[str, float] | None:
    """The step, and how many minutes after `MADE` it is due."""
    row = clock_of(tenant, number)
    return (row.step, (row.due_at - MADE) / timedelta(minutes=1)) if row and row.is_open else None


def many(cast: Cast, name: str = "analyst") -> ManyScope:
    return open_many(cast.actor(name), Permission.INCIDENT_READ)


def told(tenant: Tenant) -> list[tuple[str, str]]:
    tags = ("incident.due_soon", "incident.overdue")
    events = AuditEvent.objects.of_tenant(tenant.id).filter(tag__in=tags).order_by("sequence")
    return [(event.tag, json.loads(event.details)["step"]) for event in events]


def tell_until_done() -> None:
    while tell_of_clocks():
        pass


def test_clock_follows_each_change_and_waiting_is_taken_off_it(agreed: Cast) -> None:
    came_in(agreed.customer, 1)
    came_in(agreed.customer, 2, severity="medium")
    came_in(agreed.customer, 3, severity="low")
    analyst = agreed.enter("analyst")
    assert due_of(agreed.customer, 1) == ("acknowledge", 100)
    assert due_of(agreed.customer, 2) is None
    assert due_of(agreed.customer, 3) is None
    set_incident_status(analyst, 2, "inProgress")
    assert due_of(agreed.customer, 2) == ("resolve", 600)
    with standing_at(NOW + timedelta(minutes=10)):
        set_incident_status(agreed.enter("analyst"), 1, "awaitingAction")
    waiting = clock_of(agreed.customer, 1)
    assert waiting
    assert (waiting.is_paused, waiting.due_at, waiting.next_at) == (True, NEVER, None)
    with standing_at(NOW + timedelta(minutes=35)):
        set_incident_status(agreed.enter("analyst"), 1, "inProgress")
    assert due_of(agreed.customer, 1) == ("resolve", 325)
    set_incident_status(analyst, 1, "resolved")
    assert clock_of(agreed.customer, 1) is None


def test_waiting_does_not_make_good_what_was_late_before(agreed: Cast) -> None:
    came_in(agreed.customer, 1, minutes=-400)
    set_incident_status(agreed.enter("analyst"), 1, "awaitingAction")
    assert due_of(agreed.customer, 1) == ("resolve", -100)


def test_change_of_a_level_is_followed_for_each_customer_that_has_it(agreed: Cast) -> None:
    for tenant in (agreed.customer, agreed.other):
        came_in(tenant, 1)
    home = open_gate(agreed.actor("boss"), str(agreed.provider.id))
    level = ServiceLevel.objects.of_tenant(agreed.provider.id).get()
    draft = read_draft(level)
    faster = draft.__class__(draft.name, {"high": Target(30, 60)}, warn_percent=0)
    update_service_level(home, level.id, faster)
    assert LevelChange.objects.across_tenants().count() == 2
    while follow_level_changes():
        pass
    assert due_of(agreed.customer, 1) == due_of(agreed.other, 1) == ("acknowledge", 30)
    reach = many(agreed).reach
    assign_service_level(home, reach=reach, tenant_ids=[agreed.other.id], level_id=None)
    while follow_level_changes():
        pass
    assert due_of(agreed.other, 1) is None
    assert due_of(agreed.customer, 1) == ("acknowledge", 30)
    # Both were late before anybody agreed that they could be: that is not told.
    tell_until_done()
    assert told(agreed.customer) == told(agreed.other) == []


def test_each_threshold_is_told_once_whatever_is_changed_back_and_forth(agreed: Cast) -> None:
    came_in(agreed.customer, 1)
    for minutes in (74, 75, 76, 99):
        with standing_at(MADE + timedelta(minutes=minutes)):
            tell_until_done()
    assert told(agreed.customer) == [("incident.due_soon", "acknowledge")]
    with standing_at(MADE + timedelta(minutes=100)):
        tell_until_done()
        for status in ("inProgress", "resolved", "active", "resolved", "inProgress", "awaitingAction"):
            set_incident_status(agreed.enter("analyst"), 1, status)
            tell_until_done()
    assert told(agreed.customer)[1:] == [("incident.overdue", "acknowledge")]
    with standing_at(MADE + timedelta(minutes=900)):
        tell_until_done()
        assert told(agreed.customer)[2:] == []
        set_incident_status(agreed.enter("analyst"), 1, "inProgress")
    # Two hundred minutes of the three hundred were left.
    with standing_at(MADE + timedelta(minutes=900 + 200)):
        tell_until_done()
    assert told(agreed.customer)[2:] == [("incident.overdue", "resolve")]
    assert told(agreed.other) == []


def test_list_by_the_clock_pages_there_and_back_over_several_tenants(agreed: Cast) -> None:
    came_in(agreed.customer, 1, minutes=30)
    came_in(agreed.other, 2, minutes=10)
    came_in(agreed.customer, 3, minutes=20)
    came_in(agreed.other, 4, minutes=40)
    came_in(agreed.customer, 5, minutes=5)
    set_incident_status(agreed.enter("analyst"), 5, "awaitingAction")
    for number, tenant in ((6, agreed.customer), (7, agreed.other), (8, agreed.customer)):
        came_in(tenant, number, minutes=number, severity="low")
    assert _walk(many(agreed), Filter(order="due")) == [2, 3, 1, 4, 5, 8, 7, 6]
    assert _walk(agreed.enter("analyst"), Filter(order="due")) == [3, 1, 5, 8, 6]
    blocks = list(read_incidents(many(agreed), Filter(order="due")))
    assert [one.number for block in blocks for one in block] == [2, 3, 1, 4, 5, 8, 7, 6]
    # The other home has agreed nothing: to its people no clock runs.
    assert _walk(open_gate(agreed.actor("admin"), ""), Filter(order="due")) == [1, 3, 8, 6, 5]
    with standing_at(MADE + timedelta(minutes=116)):
        late, soon = Filter(order="due", due="late"), Filter(due="soon")
        assert _walk(many(agreed), late) == [2]
        assert _walk(many(agreed), soon) == [4, 1, 3]
        assert _walk(agreed.enter("reader"), late) == _walk(agreed.enter("reader"), soon) == []
    with pytest.raises(InvalidInput):
        page_incidents(many(agreed), Filter(order="due", due="late"), "r.", size=2)


def test_mine_by_the_clock_holds_only_what_is_seen(agreed: Cast) -> None:
    came_in(agreed.customer, 1)
    came_in(agreed.other, 1)
    Incident.objects.of_tenant(agreed.customer.id).update(assigned_user_id=agreed.user("analyst").id)
    assert _walk(many(agreed), Filter(order="due", assigned="me")) == [1]
    assert _walk(many(agreed, "lead"), Filter(order="due", statuses=("open",))) == [1]


def _walk(scope: Scope | ManyScope, chosen: Filter) -> list[int]:
    """The whole list, in pages of each of some sizes, and back again."""
    lists = []
    for size in (1, 2, 3, 5, 50):
        pages, cursor = [], ""
        while True:
            page = page_incidents(scope, chosen, cursor, size=size)
            pages.append(page)
            cursor = page.next_cursor
            if not cursor:
                break
        numbers = [row.number for page in pages for row in page.rows]
        back, cursor = list(pages[-1].rows), pages[-1].previous_cursor
        while cursor:
            page = page_incidents(scope, chosen, cursor, size=size)
            back, cursor = [*page.rows, *back], page.previous_cursor
        assert [row.number for row in back] == numbers
        lists.append(numbers)
    assert all(one == lists[0] for one in lists)
    return lists[0]
