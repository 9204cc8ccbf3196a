"""Answers: by whom, about whom, until when."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.cast import Cast, days
from tests.entitlements.offering import offer_to_provider
from tests.entitlements.rounds import (
    END,
    START,
    begun,
    by,
    decision,
    group_of,
    outcomes,
    reviewed,
    rule,
    say,
    sponsor,
    told,
    waiting,
    work,
)
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.models import GroupMembership, User
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.actions.review_rounds import begin_review_now
from tidegate.entitlements.actions.reviews import answer
from tidegate.entitlements.models import ReviewDecision
from tidegate.entitlements.reviewing import (
    get_review,
    list_decisions,
)
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ApproverKind

pytestmark = pytest.mark.usefixtures("now")


@pytest.mark.parametrize("kind", ["user", "group", "internal", "external", "manager"])
def test_reviewers_are_users_groups_sponsors_and_managers_and_nobody_else(cast: Cast, kind: str) -> None:
    reviewer = {"external": "lead"}.get(kind, "member")
    if kind in {"internal", "external"}:
        sponsor(cast, reviewer, kind)
    named = {
        "user": lambda: by(cast.user("member")),
        "group": lambda: Approver(ApproverKind.GROUP, group_of(cast, "member").id),
        "internal": lambda: Approver(ApproverKind.INTERNAL_SPONSORS),
        "external": lambda: Approver(ApproverKind.EXTERNAL_SPONSORS),
        "manager": lambda: Approver(ApproverKind.MANAGER),
    }[kind]()
    reviewed(cast, rule(named), "boss", "helper")
    if kind == "manager":
        User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).update(
            manager_id=cast.user("member").id
        )
    review = begun(cast)
    with standing_at(START + days(1)):
        expected = 1 if kind == "manager" else 2
        assert {name: waiting(cast, name) for name in cast.accounts if waiting(cast, name)} == {
            reviewer: [expected]
        }
        say(cast, reviewer, "Approve", "boss")
        for name in set(cast.accounts) - {reviewer}:
            with pytest.raises(NotFound):
                answer(
                    cast.actor(name),
                    review.tenant_id,
                    review.id,
                    [decision(cast, "helper").id],
                    result="Deny",
                    justification="Mine now.",
                )
    assert told(cast, "review_started") == [cast.accounts[reviewer].email]


def test_a_manager_answers_for_their_own_people_alone(cast: Cast) -> None:
    reviewed(cast, rule(Approver(ApproverKind.MANAGER)), "boss", "helper")
    User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).update(
        manager_id=cast.user("member").id
    )
    begun(cast)
    with standing_at(START), pytest.raises(NotFound):
        say(cast, "member", "Deny", "helper")


def test_a_reviewer_by_group_is_one_for_as_long_as_they_are_in_it(cast: Cast) -> None:
    group = group_of(cast, "member")
    reviewed(cast, rule(Approver(ApproverKind.GROUP, group.id)))
    begun(cast)
    GroupMembership.objects.of_tenant(cast.customer.id).filter(group_id=group.id).update(
        ends_at=START + days(2)
    )
    with standing_at(START + days(2) - timedelta(microseconds=1)):
        say(cast, "member", "Approve", "boss")
    with standing_at(START + days(2)):
        assert waiting(cast, "member") == []
        with pytest.raises(NotFound):
            say(cast, "member", "Deny", "boss")


def test_a_reviewer_who_may_not_enter_any_more_does_not_answer(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    begun(cast)
    User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["member"]).update(blocked_at=START)
    with standing_at(START), pytest.raises(NotFound):
        say(cast, "member", "Approve", "boss")


def test_nobody_answers_for_themselves_unless_everybody_does(cast: Cast) -> None:
    group = group_of(cast, "lead", "member")
    reviewed(cast, rule(Approver(ApproverKind.GROUP, group.id)), "lead", "helper")
    begun(cast)
    with standing_at(START):
        assert (waiting(cast, "lead"), waiting(cast, "member")) == ([1], [2])
        for about in (["lead"], ["lead", "helper"]):
            with pytest.raises(Forbidden):
                say(cast, "lead", "Approve", *about)
        assert decision(cast, "helper").result == "NotReviewed"
        say(cast, "lead", "Approve", "helper")


def test_the_only_reviewer_who_holds_access_has_nothing_to_answer(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("lead"))), "lead")
    begun(cast)
    with standing_at(START):
        assert waiting(cast, "lead") == []
        with pytest.raises(NotFound):
            say(cast, "lead", "Approve", "lead")


def test_in_a_self_review_everybody_answers_for_themselves_alone(cast: Cast) -> None:
    reviewed(cast, rule())
    begun(cast)
    assert told(cast, "self_review_started") == ["boss@provider.example", "helper@provider.example"]
    with standing_at(START):
        assert waiting(cast, "boss") == [1]
        with pytest.raises(NotFound):
            say(cast, "boss", "Deny", "helper")
        with pytest.raises(NotFound):
            say(cast, "member", "Deny", "helper")
        say(cast, "boss", "Approve", "boss")
        assert waiting(cast, "boss") == []
        rows = list_decisions(cast.enter("boss"), get_review(cast.enter("boss"), begun(cast).id))
        assert [row.id for row in rows] == [decision(cast, "boss").id]


def test_answers_can_be_changed_until_the_round_ends(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    begun(cast)
    with standing_at(START + days(1)):
        say(cast, "member", "Deny", "boss", "helper")
    with standing_at(END - timedelta(microseconds=1)):
        say(cast, "member", "Approve", "boss", justification="Needed after all.")
    with standing_at(END):
        with pytest.raises(Conflict):
            say(cast, "member", "Deny", "boss")
        work()
    assert outcomes(cast) == {"boss": "kept", "helper": "removed"}
    row = decision(cast, "boss")
    assert (row.justification, row.decided_by_name, row.decided_at) == (
        "Needed after all.",
        "Member",
        END - timedelta(microseconds=1),
    )


@pytest.mark.parametrize(
    ("result", "justification", "field"),
    [
        ("Perhaps", "Why not.", "result"),
        ("NotReviewed", "Why not.", "result"),
        ("", "Why not.", "result"),
        ("Approve", "", "justification"),
        ("Deny", "  ", "justification"),
        ("Approve", "x" * 2001, "justification"),
        ("Approve", "a\0b", "justification"),
    ],
)
def test_a_bad_answer_is_told_by_its_field(cast: Cast, result: str, justification: str, field: str) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    begun(cast)
    with standing_at(START), pytest.raises(InvalidInput) as refused:
        say(cast, "member", result, "boss", justification=justification)
    assert list(refused.value.fields) == [field]


def test_an_answer_about_nothing_is_refused(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    begun(cast)
    with standing_at(START), pytest.raises(InvalidInput):
        say(cast, "member", "Deny")


def test_a_justification_is_asked_for_only_where_the_rule_says(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member")), is_justification_required=False))
    begun(cast)
    with standing_at(START):
        say(cast, "member", "Approve", "boss", justification="")
        say(cast, "member", "DontKnow", "helper", justification="")
    assert (decision(cast, "boss").result, decision(cast, "helper").result) == ("Approve", "DontKnow")


def test_a_decision_of_another_round_is_not_answered_through_this_one(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    review = begun(cast)
    other = offer_to_provider(cast, name="Another", review_json=rule(by(cast.user("reader"))).write())
    request_access(cast.actor("analyst"), other.tenant_id, other.package_id, other.id)
    with standing_at(START):
        theirs = begin_review_now(cast.enter("admin"), other.id)
        foreign: UUID = ReviewDecision.objects.of_tenant(theirs.tenant_id).get(review_id=theirs.id).id
        with pytest.raises(NotFound):
            answer(
                cast.actor("member"), review.tenant_id, review.id, [foreign], result="Deny", justification="x"
            )
