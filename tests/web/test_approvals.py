"""Approvals: the inbox of who may decide, one page a request, several at once; nobody else sees any of it."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days
from tests.entitlements.asking import ask
from tests.entitlements.offering import by_group, by_user, offer_to_provider
from tests.entitlements.test_approvals import approve
from tests.web.conftest import Visitor, text_of
from tests.web.test_my_access import approved_by_admin, count_statements, plain
from tidegate.core.clock import standing_at
from tidegate.directory.actions.stops import stop_all
from tidegate.directory.actions.users import change_end
from tidegate.entitlements.inbox import count_pending, list_pending
from tidegate.entitlements.models import AccessPackage, Assignment, AssignmentRequest, RequestStage
from tidegate.entitlements.rules import Approver, ExpirationRule, StageRule
from tidegate.entitlements.words import ApproverKind, ExpirationType, RequestState

type Visit = Callable[..., Visitor]

EIGHT_HOURS = ExpirationRule(ExpirationType.AFTER_DURATION, timedelta(hours=8))


def asked(cast: Cast, name: str = "boss", **fields: object) -> AssignmentRequest:
    policy = approved_by_admin(cast, **{"name": f"Package of {name}", "expiration": EIGHT_HOURS, **fields})
    return ask(cast, name, policy, justification="Incident 1840")


def ticket(request: AssignmentRequest) -> str:
    return f"{request.tenant_id}:{request.id}"


def test_inbox_lists_what_waits_here_and_at_home(visit: Visit, cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("lead")),))
    ask(cast, "boss", offer_to_provider(cast, stages=(stage,)))
    at_home, there = visit("lead", cast.provider), visit("lead")
    assert "Boss Harbour Watch Delta Mills Tier 2 access" in text_of(at_home.get("/approvals"))
    assert "Boss Harbour Watch Tier 2 access" in text_of(there.get("/approvals"))
    assert "Nothing waits for your decision." in text_of(visit("admin").get("/approvals"))


def test_navigation_counts_what_waits(visit: Visit, cast: Cast) -> None:
    assert "Approvals</span></a>" in visit("admin").get("/properties").content.decode()
    asked(cast)
    asked(cast, "analyst")
    page = visit("admin").get("/properties").content.decode()
    assert 'Approvals</span><span class="nav-count">2</span>' in page
    assert "Approvals</span></a>" in visit("member").get("/properties").content.decode()


def test_page_says_who_asks_what_for_how_long_and_why(visit: Visit, cast: Cast) -> None:
    request = asked(cast, "analyst")
    response = visit("admin").get(f"/approvals/{request.id}")
    page = text_of(response)
    assert "Analyst of Harbour Watch asks to enter Delta Mills" in page
    assert "Package Package of analyst Gives Tier 2 Analyst" in page
    assert "For 8 hours, from approval until about 17:00" in page
    assert "Has now Tier 1 Analyst, until 1 Jun 2026" in page
    assert "Their reason, 09:00 Incident 1840" in page
    assert "Access for 8 hours 4 hours 1 hour" in page
    assert "Unanswered, this request lapses at Thu 12 Mar 09:00" in page
    assert "Deny Approve 8 hours Approve 4 hours Approve 1 hour" in page
    assert b"You approve here" in response.content


def test_approving_delivers_and_goes_on_to_the_next(visit: Visit, cast: Cast) -> None:
    first, second = asked(cast, "boss"), asked(cast, "analyst")
    visitor = visit("admin")
    page = visitor.get(f"/approvals/{first.id}").content.decode()
    assert "1 of 2" in page
    sent = {"decision": "approve", "duration": "14400", "justification": "Agreed by phone"}
    response = visitor.post(f"/approvals/{first.id}", sent)
    assert response["Location"] == f"/approvals/{second.id}?tid={cast.customer.id}"
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    assert held.ends_at == NOW + timedelta(hours=4)
    stage = RequestStage.objects.of_tenant(cast.customer.id).get(request_id=first.id)
    assert (stage.decided_by_name, stage.justification) == ("Admin", "Agreed by phone")
    response = visitor.post(f"/approvals/{second.id}", {"decision": "deny", "justification": "No"})
    assert response["Location"] == f"/approvals?tid={cast.customer.id}"
    second.refresh_from_db()
    assert second.state == RequestState.DENIED


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": "approve", "justification": ""}, "must not be empty"),
        ({"decision": "deny", "justification": ""}, "must not be empty"),
        ({"decision": "approve", "justification": "x", "duration": "9"}, "Select a valid choice"),
        ({"decision": "approve", "justification": "x" * 2001}, "at most 2000 characters"),
        ({"decision": "maybe", "justification": "x"}, "must be approve or deny"),
    ],
)
def test_wrong_input_decides_nothing(visit: Visit, cast: Cast, sent: dict[str, str], said: str) -> None:
    request = asked(cast)
    response = visit("admin").post(f"/approvals/{request.id}", sent)
    assert response.status_code == 400
    assert said in text_of(response)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING_APPROVAL


def test_second_decision_is_told_who_decided(visit: Visit, cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("admin")), by_user(cast.user("reader"))))
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage,)))
    approve(cast, "admin", request)
    response = visit("reader").post(f"/approvals/{request.id}", {"decision": "deny", "justification": "No"})
    assert response.status_code == 409
    assert "This request was decided already, by Admin." in text_of(response)
    page = text_of(visit("reader").get(f"/approvals/{request.id}"))
    assert "Approved 10 March 2026, 09:00 Admin Agreed" in page
    assert "Your reason" not in page


def test_lapsed_request_can_only_be_read(visit: Visit, cast: Cast) -> None:
    request = asked(cast)
    with standing_at(NOW + days(2)):
        visitor = visit("admin")
        assert "Your reason" not in text_of(visitor.get(f"/approvals/{request.id}"))
        response = visitor.post(f"/approvals/{request.id}", {"decision": "approve", "justification": "x"})
        assert response.status_code == 409
        assert "Nothing waits" in text_of(visitor.get("/approvals"))


def test_later_stage_is_seen_when_its_turn_comes(visit: Visit, cast: Cast) -> None:
    stages = (StageRule((by_user(cast.user("admin")),)), StageRule((by_group(cast.group("Tier 1")),)))
    request = ask(cast, "boss", offer_to_provider(cast, stages=stages))
    assert visit("analyst").get(f"/approvals/{request.id}").status_code == 404
    approve(cast, "admin", request)
    page = text_of(visit("analyst").get(f"/approvals/{request.id}"))
    assert "Stage 1. Admin , 10 March 2026, 09:00 2 of 2" in page


@pytest.mark.parametrize("name", ["boss", "member", "reader", "analyst", "lead", "outsider", "stranger"])
def test_who_cannot_decide_sees_nothing(visit: Visit, cast: Cast, name: str) -> None:
    request = asked(cast)
    visitor = visit(name)
    for path in (f"/approvals/{request.id}", f"/approvals/{uuid.uuid4()}"):
        for response in (visitor.get(path), visitor.post(path, {"decision": "approve"})):
            assert response.status_code == 404
            assert b"Incident 1840" not in response.content
    sent = {"do": "approve", "apply": "1", "request": ticket(request), "justification": "x"}
    result = visitor.client.post("/approvals/decisions", sent)
    assert b"Incident 1840" not in result.content
    request.refresh_from_db()
    assert request.state == RequestState.PENDING_APPROVAL


def test_outsider_gets_what_an_absent_tenant_answers(visit: Visit, cast: Cast) -> None:
    request = asked(cast)
    client, tid, absent = visit("outsider").client, str(cast.customer.id), str(uuid.uuid4())
    for path in ("/approvals", "/approvals/decided", f"/approvals/{request.id}"):
        here, there = client.get(f"{path}?tid={tid}"), client.get(f"{path}?tid={absent}")
        assert (here.status_code, there.status_code) == (404, 404), path
        assert plain(here, tid, absent) == plain(there, tid, absent), path
        assert count_statements(client, f"{path}?tid={tid}") == count_statements(
            client, f"{path}?tid={absent}"
        )


def test_colleague_confirms_an_emergency_from_home(visit: Visit, cast: Cast) -> None:
    stage = StageRule((Approver(ApproverKind.COLLEAGUE),), timedelta(hours=1))
    hour = ExpirationRule(ExpirationType.AFTER_DURATION, timedelta(hours=1))
    policy = offer_to_provider(cast, stages=(stage,), expiration=hour)
    AccessPackage.rows.filter(id=policy.package_id).update(is_break_glass=True)
    request = ask(cast, "lead", policy, justification="Everything burns")
    visitor = visit("boss", cast.provider)
    listed = visitor.get("/approvals")
    assert "Lead Harbour Watch Delta Mills" in text_of(listed)
    address = f"/approvals/{request.id}?tid={cast.customer.id}"
    assert address in listed.content.decode()
    page = visitor.client.get(address)
    assert "An emergency entry: it opens as soon as you confirm" in text_of(page)
    assert b"You approve here" in page.content
    response = visitor.client.post(address, {"decision": "approve", "justification": "Confirmed by phone"})
    assert response["Location"] == f"/approvals?tid={cast.provider.id}"
    request.refresh_from_db()
    assert request.state == RequestState.DELIVERED


def test_many_are_decided_with_one_reason_and_a_result_each(visit: Visit, cast: Cast) -> None:
    requests = [asked(cast, name) for name in ("boss", "analyst", "lead")]
    visitor = visit("admin")
    tickets = [ticket(one) for one in requests]
    question = visitor.post("/approvals/decisions", {"do": "approve", "request": tickets})
    assert "Approve 3 requests" in text_of(question)
    empty = {"do": "approve", "request": tickets, "apply": "1", "justification": ""}
    assert visitor.post("/approvals/decisions", empty).status_code == 400
    approve(cast, "admin", requests[0])
    done = visitor.post("/approvals/decisions", {**empty, "justification": "Agreed"})
    assert "2 approved, 1 not" in text_of(done)
    assert "1 request does not wait for you any more." in text_of(done)
    assert Assignment.objects.of_tenant(cast.customer.id).count() == 3
    denied = asked(cast, "helper")
    result = visitor.post(
        "/approvals/decisions",
        {"do": "deny", "request": [ticket(denied)], "apply": "1", "justification": "No"},
    )
    assert "1 denied, 0 not" in text_of(result)


@pytest.mark.parametrize("tickets", [[], ["x"], ["x:y"], [f"{uuid.uuid4()}"]])
def test_many_of_nothing_is_a_clear_400(visit: Visit, cast: Cast, tickets: list[str]) -> None:
    response = visit("admin").post("/approvals/decisions", {"do": "approve", "request": tickets})
    assert response.status_code == 400
    assert "must be selected first" in text_of(response)


@pytest.mark.parametrize("how", ["end", "stop"])
def test_who_may_not_enter_any_more_reads_nothing_of_what_they_decided(
    visit: Visit, cast: Cast, how: str
) -> None:
    stage = StageRule((by_user(cast.user("lead")),))
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage,)), justification="Incident 1840")
    approve(cast, "lead", request)
    paths = (f"/approvals/{request.id}", "/approvals/decided")
    assert [visit("lead").get(path).status_code for path in paths] == [200, 200]
    if how == "stop":
        stop_all(cast.enter("admin"), reason="A stolen laptop")
    else:
        change_end(cast.enter("admin"), cast.user("lead").id, ends_at=NOW)
    assert [visit("lead").get(path).status_code for path in paths] == [404, 404]
    assert "You have decided nothing yet." in text_of(visit("lead", cast.provider).get("/approvals/decided"))


def test_what_i_decided_is_kept(visit: Visit, cast: Cast) -> None:
    request = asked(cast)
    approve(cast, "admin", request)
    assert "Boss Harbour Watch Package of boss Approved Agreed" in text_of(
        visit("admin").get("/approvals/decided")
    ).replace("Delta Mills ", "")
    assert "You have decided nothing yet." in text_of(visit("member").get("/approvals/decided"))


def test_lists_cost_the_same_for_one_and_for_three(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    asked(cast)
    visitor.get("/approvals")
    with CaptureQueriesContext(connection) as few:
        visitor.get("/approvals")
    asked(cast, "analyst")
    asked(cast, "lead")
    with CaptureQueriesContext(connection) as many:
        visitor.get("/approvals")
    assert len(few) == len(many)


def test_counting_asks_one_statement(cast: Cast) -> None:
    asked(cast)
    for name, count in (("admin", 1), ("boss", 0), ("outsider", 0)):
        actor = cast.actor(name)
        with CaptureQueriesContext(connection) as queries:
            assert count_pending(actor) == count
        assert len(queries) == 1


def test_count_is_that_of_the_inbox(visit: Visit, cast: Cast) -> None:
    stage = StageRule((Approver(ApproverKind.COLLEAGUE), by_user(cast.user("admin"))))
    ask(cast, "lead", offer_to_provider(cast, stages=(stage,)))
    asked(cast, "analyst")
    for name in cast.accounts:
        actor = cast.actor(name)
        for tenant_id in (None, cast.customer.id, cast.other.id):
            assert count_pending(actor, tenant_id) == list_pending(actor, tenant_id).count(), name
