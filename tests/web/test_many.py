"""`tid=all`: one queue over every tenant that one may enter, each row by the role held in its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from tests.cast import GUESTS_END, Cast, days, import_all, join_as_guest
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import alert_of, events_of, incident_of, some_incident, theirs
from tidegate.accounts.actions import create_account
from tidegate.audit.models import AuditEvent
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR
from tidegate.core.clock import standing_at
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.models import Tenant
from tidegate.gate.jobs import settle_waiting_events
from tidegate.gate.opening import open as open_gate
from tidegate.incidents.actions.changes import tag_incident
from tidegate.web import many_tenants

type SignIn = Callable[..., Visitor]


@dataclass(frozen=True)
class World:
    """The cast, and a second customer in which the analyst may read and nothing more."""

    cast: Cast
    second: Tenant

    @property
    def customer(self) -> Tenant:
        return self.cast.customer

    def tickets(self, *rows: tuple[Tenant, int]) -> list[str]:
        return [f"{tenant.id}.{number}.{incident_of(tenant, number).version}" for tenant, number in rows]


@pytest.fixture
def world(cast: Cast) -> World:
    mayor = cast.accounts["mayor"] = create_account("mayor@second.example", None, "Mayor")
    second = create_tenant(
        OPERATOR, display_name="Second Harbour", administrator=mayor, domain="second.example"
    )
    scope = open_gate(cast.actor("mayor"), str(second.id))
    guest = join_as_guest(scope, cast.accounts["analyst"])
    assign_role(scope, cast.role(BuiltInRole.SECURITY_READER, second).id, user_id=guest.id)
    import_all(cast.customer, [some_incident(41, severity="medium"), some_incident(42, severity="medium")])
    import_all(
        second, [some_incident(41, displayName="Second 41"), some_incident(77, displayName="Second 77")]
    )
    import_all(cast.other, [theirs(some_incident(41))])
    return World(cast, second)


@pytest.fixture
def everywhere(visit: SignIn) -> Callable[[str], Visitor]:
    return lambda name: Visitor(visit(name).client, "all")


def send(visitor: Visitor, chosen: list[str], do: str, **values: str) -> Any:
    return visitor.post("/incidents/bulk", {"do": do, "incident": chosen, "apply": "1", **values})


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/incidents", ["Incident 41", "Incident 42", "Second 41", "Second 77"]),
        ("/alerts", ["Alert of 41", "Alert of 42", "Alert of 77"]),
        ("/devices", ["ws1.customer.example"]),
    ],
)
def test_rows_of_every_tenant_carry_its_name_and_its_link(
    world: World, everywhere: Callable[[str], Visitor], path: str, shown: list[str]
) -> None:
    page = everywhere("analyst").get(path)
    text, html = text_of(page), page.content.decode()
    assert page.status_code == 200
    assert all(words in text for words in shown)
    for tenant in (world.customer, world.second):
        assert tenant.display_name in text
        assert f"{path}/" in html
        assert f"?tid={tenant.id}" in html
    assert "LEAKED" not in html
    assert "Polder Foods" not in html


def test_overview_counts_what_may_be_read_and_nothing_else(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    page = everywhere("analyst").get("/")
    text = text_of(page)
    assert "Open incidents 4" in text
    assert "Second Harbour" in text
    assert "Delta Mills" in text
    assert "Polder Foods" not in page.content.decode()
    assert "Open incidents 0" in text_of(everywhere("helper").get("/"))


def test_statements_of_a_list_do_not_grow_with_tenants(
    world: World, everywhere: Callable[[str], Visitor], django_assert_max_num_queries: Any
) -> None:
    visitor = everywhere("analyst")
    for path, most in (("/incidents", 26), ("/alerts", 24), ("/devices", 22), ("/", 30)):
        visitor.get(path)
        with django_assert_max_num_queries(most):
            visitor.get(path)


def test_who_enters_one_tenant_sees_that_one(world: World, everywhere: Callable[[str], Visitor]) -> None:
    html = everywhere("outsider").get("/incidents").content.decode()
    assert "LEAKED incident" in html
    assert "Incident 41" not in html
    assert "Second" not in html


def test_tenant_in_which_incidents_may_not_be_read_shows_none(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    html = everywhere("helper").get("/incidents").content.decode()
    assert "Incident 41" not in html


def test_access_that_ends_takes_its_rows_away_on_the_second(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    visitor = everywhere("analyst")
    for at, is_seen in ((GUESTS_END - days(0.001), True), (GUESTS_END, False)):
        with standing_at(at):
            visitor.client.force_login(world.cast.accounts["analyst"])
            text = text_of(visitor.get("/incidents", status="any"))
        assert ("Incident 41" in text) is is_seen
        assert "Second 41" in text


def test_list_is_narrowed_to_a_tenant_and_never_to_one_that_cannot_be_entered(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    visitor = everywhere("analyst")
    text = text_of(visitor.get("/incidents", tenant=str(world.second.id)))
    assert "Second 41" in text
    assert "Incident 41" not in text
    html = visitor.get("/incidents", tenant=str(world.cast.other.id)).content.decode()
    assert "LEAKED" not in html
    assert "Polder Foods" not in html
    assert visitor.get("/incidents", tenant="everyone").status_code == 400


def test_mine_are_those_of_all_my_users(world: World, everywhere: Callable[[str], Visitor]) -> None:
    visitor = everywhere("analyst")
    send(visitor, world.tickets((world.customer, 42)), "assign", assigned="me")
    text = text_of(visitor.get("/incidents", assigned="me"))
    assert "Incident 42" in text
    assert "Incident 41" not in text
    assert "Second 41" not in text


def test_each_row_is_changed_by_the_role_in_its_tenant(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    chosen = world.tickets((world.customer, 41), (world.second, 41), (world.customer, 42))
    page = send(everywhere("analyst"), chosen, "status", status="inProgress")
    text = text_of(page)
    assert "2 done, 1 refused" in text
    assert "Your role in this tenant does not allow it." in text
    assert [incident_of(world.customer, number).status for number in (41, 42)] == ["inProgress", "inProgress"]
    assert incident_of(world.second, 41).status == "active"


def test_row_of_a_tenant_that_cannot_be_entered_is_not_there(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    chosen = world.tickets((world.cast.other, 41), (world.customer, 41))
    page = send(everywhere("analyst"), chosen, "tag", tags="night")
    assert "There is no such incident." in text_of(page)
    assert "LEAKED" not in page.content.decode()
    assert incident_of(world.cast.other, 41).custom_tags == ["LEAKED"]
    assert "night" in incident_of(world.customer, 41).custom_tags


def test_colleague_gets_the_rows_of_tenants_that_they_may_enter(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    admin = open_gate(world.cast.actor("mayor"), str(world.second.id))
    guest = world.cast.user("analyst", world.second)
    assign_role(admin, world.cast.role(BuiltInRole.TIER_1_ANALYST, world.second).id, user_id=guest.id)
    lead = str(world.cast.accounts["lead"].id)
    visitor = everywhere("analyst")
    asked = visitor.post("/incidents/bulk", {"do": "assign", "incident": world.tickets((world.customer, 41))})
    assert f'value="{lead}"' in asked.content.decode()
    chosen = world.tickets((world.customer, 41), (world.second, 41))
    text = text_of(send(visitor, chosen, "assign", assigned=lead))
    assert "They may not enter this tenant." in text
    assert incident_of(world.customer, 41).assigned_user_id == world.cast.user("lead").id
    assert incident_of(world.second, 41).assigned_user_id is None


@pytest.mark.parametrize(
    ("do", "values", "field"),
    [
        ("assign", {"assigned": "me"}, "assigned_user_id"),
        ("status", {"status": "resolved"}, "status"),
        ("classify", {"judgement": "falsePositive:notMalicious"}, "determination"),
        ("tag", {"tags": "night"}, "custom_tags"),
    ],
)
@pytest.mark.parametrize("tid", ["all", "one"])
def test_change_is_taken_back_but_not_where_somebody_changed_it_since(
    world: World, visit: SignIn, do: str, values: dict[str, str], field: str, tid: str
) -> None:
    visitor = Visitor(visit("analyst").client, "all" if tid == "all" else str(world.customer.id))
    before = {number: getattr(incident_of(world.customer, number), field) for number in (41, 42)}
    alert_before = alert_of(world.customer, "da41").status
    tickets = world.tickets((world.customer, 41), (world.customer, 42))
    chosen = tickets if tid == "all" else [ticket.partition(".")[2] for ticket in tickets]
    send(visitor, chosen, do, **values)
    assert getattr(incident_of(world.customer, 41), field) != before[41]
    tag_incident(world.cast.enter("lead"), 42, ["touched"])
    changed = getattr(incident_of(world.customer, 42), field)
    html = visitor.get("/incidents").content.decode()
    name = html.partition('name="undo" value="')[2].partition('"')[0]
    assert visitor.post("/incidents/bulk/undo", {"undo": name}).status_code == 302
    assert getattr(incident_of(world.customer, 41), field) == before[41]
    assert alert_of(world.customer, "da41").status == alert_before
    assert getattr(incident_of(world.customer, 42), field) == changed
    assert visitor.post("/incidents/bulk/undo", {"undo": name}).status_code == 404


def test_what_another_did_cannot_be_taken_back(world: World, everywhere: Callable[[str], Visitor]) -> None:
    mine = everywhere("analyst")
    send(mine, world.tickets((world.customer, 41)), "tag", tags="night")
    name = mine.get("/incidents").content.decode().partition('name="undo" value="')[2].partition('"')[0]
    assert everywhere("lead").post("/incidents/bulk/undo", {"undo": name}).status_code == 404
    assert "night" in incident_of(world.customer, 41).custom_tags


def test_next_is_the_worst_and_oldest_that_may_be_taken(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    import_all(world.customer, [some_incident(50, severity="high"), some_incident(51, severity="high")])
    import_all(world.second, [some_incident(99, severity="high")])
    analyst, lead = everywhere("analyst"), everywhere("lead")
    first, second = (visitor.post("/incidents/next").url for visitor in (analyst, lead))
    assert {first, second} == {f"/incidents/{number}?tid={world.customer.id}" for number in (50, 51)}
    owners = {incident_of(world.customer, number).assigned_user_id for number in (50, 51)}
    assert owners == {world.cast.user("analyst").id, world.cast.user("lead").id}
    rest = [analyst.post("/incidents/next").url for _ in range(3)]
    assert sorted(rest[:2]) == [f"/incidents/{number}?tid={world.customer.id}" for number in (41, 42)]
    assert rest[2] == "/incidents?tid=all"
    assert incident_of(world.second, 99).assigned_user_id is None
    assert incident_of(world.cast.other, 41).assigned_user_id is None


def test_next_of_one_tenant_needs_the_permission(world: World, visit: SignIn) -> None:
    assert visit("reader").post("/incidents/next").status_code == 403
    assert '"/incidents/next' not in visit("reader").get("/incidents").content.decode()


def test_guest_that_looked_is_in_the_log_of_each_tenant_shown(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    everywhere("analyst").get("/incidents")
    settle_waiting_events()
    for tenant in (world.customer, world.second):
        assert events_of(tenant, tag="incidents.viewed") == ["incidents.viewed"]
        event = AuditEvent.objects.of_tenant(tenant.id).get(tag="incidents.viewed")
        assert event.actor_user_id == world.cast.user("analyst", tenant).id
        assert (event.actor_relation, event.result) == ("guest", "success")
    assert events_of(world.cast.other, tag="incidents.viewed") == []


@pytest.mark.parametrize("path", ["/expiry", "/elevation", "/domains", "/incidents/41"])
def test_page_of_one_tenant_asks_which(world: World, everywhere: Callable[[str], Visitor], path: str) -> None:
    page = everywhere("analyst").get(path)
    html = page.content.decode()
    assert page.status_code == 200
    assert "This page shows one directory." in text_of(page)
    assert f"{path}?tid={world.second.id}" in html
    assert "Polder Foods" not in html


def test_change_must_name_its_tenant(world: World, everywhere: Callable[[str], Visitor]) -> None:
    answer = everywhere("analyst").post("/incidents/41/status", {"status": "resolved", "version": "1"})
    assert answer.status_code == 400
    assert incident_of(world.customer, 41).status == "active"


@pytest.mark.parametrize("tid", ["group:", "group:none such", "group:\0"])
def test_group_that_is_not_there_opens_nothing(world: World, visit: SignIn, tid: str) -> None:
    page = Visitor(visit("analyst").client, tid).get("/incidents")
    assert page.status_code in {400, 404}
    assert "Incident 41" not in page.content.decode()


def test_incidents_are_merged_within_a_tenant_and_never_across(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    chosen = world.tickets((world.customer, 41), (world.customer, 42), (world.second, 41))
    into = f"{world.customer.id}.42"
    asked = everywhere("analyst").post("/incidents/bulk", {"do": "merge", "incident": chosen})
    assert f'value="{into}"' in asked.content.decode()
    page = send(everywhere("analyst"), chosen, "merge", into=into, reason="duplicate")
    assert "2 done, 1 refused" in text_of(page)
    assert incident_of(world.customer, 41).status == "redirected"
    assert incident_of(world.customer, 42).alert_count == 2
    assert incident_of(world.second, 41).status == "active"


def test_alerts_are_moved_by_the_page(world: World, visit: SignIn) -> None:
    visitor = visit("analyst")
    assert "Alert of 41" in text_of(visitor.get("/incidents/41/move"))
    refused = visitor.post("/incidents/41/move", {"do": "move", "to": "42", "reason": "other"})
    assert (refused.status_code, "must be selected first" in text_of(refused)) == (400, True)
    sent = {"do": "move", "to": "42", "reason": "sameAsset", "alert": ["da41"], "comment": "one case"}
    assert visitor.post("/incidents/41/move", sent).url == f"/incidents/42?tid={world.customer.id}"
    assert alert_of(world.customer, "da41").incident_id == incident_of(world.customer, 42).id
    assert "one case" in text_of(visitor.get("/incidents/42"))
    assert visit("reader").get("/incidents/41/move").status_code == 403
    assert visit("outsider").get("/incidents/41/move").status_code == 404


def test_what_came_in_since_is_counted_over_all_that_may_be_read(
    world: World, everywhere: Callable[[str], Visitor]
) -> None:
    for path in ("/newer/incidents", "/newer/alerts"):
        assert "4 new" in everywhere("analyst").get(path).content.decode()
        assert "new-pill" not in everywhere("helper").get(path).content.decode()


def test_tenant_of_a_queue_is_found_by_name_once_there_are_more_than_a_menu_holds(
    world: World, everywhere: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = everywhere("analyst")
    whole = visitor.get("/incidents").content.decode()
    assert "data-menu-filter" in whole
    assert f"tenant={world.second.id}" in whole
    monkeypatch.setattr(many_tenants, "OFFERED_AT_MOST", 1)
    for path in ("/incidents", "/alerts", "/devices"):
        html = visitor.get(path, q="e").content.decode()
        (find,) = re.findall(r'hx-get="(/tenants\?[^"]+)"', html)
        found = visitor.client.get(f"{unescape(find)}&q=second+har", headers={"HX-Request": "true"})
        (narrowed,) = re.findall(r'href="([^"]+)"', found.content.decode())
        assert unescape(narrowed) == f"{path}?tid=all&q=e&tenant={world.second.id}"
        text = text_of(visitor.client.get(unescape(narrowed)))
        assert "Tenant Second Harbour" in text
        assert "Delta Mills" not in text
