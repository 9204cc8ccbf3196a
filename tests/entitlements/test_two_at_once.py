"""Two people at the same request at the same moment: exactly one of them decides."""

import pytest

from tests.cast import NOW, Cast, make_cast
from tests.directory.test_two_at_once import at_once
from tests.entitlements.asking import ask
from tests.entitlements.offering import by_user, offer_to_provider
from tidegate.core.clock import standing_at
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.requests import cancel_request, give_up
from tidegate.entitlements.models import Assignment, AssignmentPolicy, AssignmentRequest, RequestStage
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.words import RequestState

pytestmark = pytest.mark.django_db(transaction=True)


def prepare() -> tuple[Cast, AssignmentPolicy]:
    cast = make_cast()
    approvers = (by_user(cast.user("admin")), by_user(cast.user("member")))
    return cast, offer_to_provider(cast, stages=(StageRule(approvers),))


def answer(cast: Cast, name: str, request: AssignmentRequest, *, approves: bool) -> None:
    decide(cast.actor(name), request.tenant_id, request.id, approves=approves, justification="Because")


def test_two_approvers_decide_once() -> None:
    with standing_at(NOW):
        cast, policy = prepare()
        request = ask(cast, "boss", policy)
    results = at_once(
        lambda: answer(cast, "admin", request, approves=True),
        lambda: answer(cast, "member", request, approves=False),
    )
    assert results == ["Conflict", "done"]
    request.refresh_from_db()
    stage = RequestStage.objects.of_tenant(cast.customer.id).get()
    given = Assignment.objects.of_tenant(cast.customer.id).count()
    assert (request.state, given, stage.decided_by_name) in {
        (RequestState.DELIVERED, 1, "Admin"),
        (RequestState.DENIED, 0, "Member"),
    }


def test_an_approval_and_a_change_of_mind_leave_one_outcome() -> None:
    with standing_at(NOW):
        cast, policy = prepare()
        request = ask(cast, "boss", policy)
    results = at_once(
        lambda: answer(cast, "admin", request, approves=True),
        lambda: cancel_request(cast.actor("boss"), request.tenant_id, request.id),
    )
    assert results == ["Conflict", "done"]


def test_who_asks_twice_has_asked_once() -> None:
    with standing_at(NOW):
        cast, policy = prepare()
    results = at_once(lambda: ask(cast, "boss", policy), lambda: ask(cast, "boss", policy))
    assert results == ["Conflict", "done"]
    assert AssignmentRequest.objects.of_tenant(cast.customer.id).count() == 1


def test_access_is_given_up_once() -> None:
    with standing_at(NOW):
        cast, policy = prepare()
        answer(cast, "admin", ask(cast, "boss", policy), approves=True)
        held = Assignment.objects.of_tenant(cast.customer.id).get()
    results = at_once(
        lambda: give_up(cast.actor("boss"), held.tenant_id, held.id),
        lambda: give_up(cast.actor("boss"), held.tenant_id, held.id),
    )
    assert results == ["Conflict", "done"]
