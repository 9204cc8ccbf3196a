"""Reviews: who is asked, who may answer, what comes of it; over whole rounds and by the exact instant."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days, join_as_guest
from tests.entitlements.offering import (
    FOREVER,
    connect,
    give_group,
    make_package,
    make_policy,
    offer_to_provider,
)
from tidegate.audit.models import AuditEvent
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.core.worker import Job, run_pending
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import Group, GroupMembership, RoleAssignment, User
from tidegate.entitlements.actions.requests import give_up, request_access
from tidegate.entitlements.actions.review_rounds import begin_review, begin_review_now
from tidegate.entitlements.actions.reviews import answer, apply_review, stop_review
from tidegate.entitlements.jobs import apply_ended_reviews, begin_due_reviews
from tidegate.entitlements.models import (
    AccessReview,
    Assignment,
    AssignmentPolicy,
    Notice,
    ReviewDecision,
    Sponsor,
)
from tidegate.entitlements.reviewing import (
    AWAY,
    ENTERED,
    NEVER_ENTERED,
    NEW,
    get_review,
    list_decisions,
    list_reviews,
    reviews_waiting,
)
from tidegate.entitlements.rules import Approver, ReviewRule
from tidegate.entitlements.words import ApproverKind, TargetScope, WithoutAnswer
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")

START = NOW + days(60)
LASTS = days(25)
END = START + LASTS


def rule(*reviewers: Approver, **fields: object) -> ReviewRule:
    return ReviewRule(starts_at=START, duration=LASTS, reviewers=reviewers, **fields)  # type: ignore[arg-type]


def by(user: User) -> Approver:
    return Approver(ApproverKind.USER, user.id)


def reviewed(cast: Cast, held: ReviewRule, *holders: str) -> AssignmentPolicy:
    """A policy under which these hold access since NOW, reviewed by this rule."""
    policy = offer_to_provider(cast, review_json=held.write())
    for name in holders or ("boss", "helper"):
        request_access(cast.actor(name), policy.tenant_id, policy.package_id, policy.id)
    return policy


def work() -> None:
    run_pending([Job("begin", begin_due_reviews), Job("apply", apply_ended_reviews)])


def begun(cast: Cast) -> AccessReview:
    with standing_at(START):
        work()
    return AccessReview.objects.of_tenant(cast.customer.id).get()


def decision(cast: Cast, name: str) -> ReviewDecision:
    decisions = ReviewDecision.objects.of_tenant(cast.customer.id)
    return decisions.get(assignment__account_id=cast.accounts[name].id)


def say(
    cast: Cast, who: str, result: str, *about: str, justification: str = "As seen in the log."
) -> list[ReviewDecision]:
    review = AccessReview.objects.of_tenant(cast.customer.id).get()
    ids = [decision(cast, name).id for name in about]
    return answer(
        cast.actor(who), review.tenant_id, review.id, ids, result=result, justification=justification
    )


def outcomes(cast: Cast) -> dict[str, str]:
    rows = ReviewDecision.objects.of_tenant(cast.customer.id).select_related("assignment__account")
    return {row.assignment.account.email.split("@")[0]: row.outcome for row in rows if row.assignment.account}


def holders(cast: Cast) -> set[str]:
    rows = Assignment.objects.of_tenant(cast.customer.id).exclude(ends_at__lte=END)
    return {row.account.email.split("@")[0] for row in rows.select_related("account") if row.account}


def waiting(cast: Cast, name: str) -> list[int]:
    return [review.waiting for review in reviews_waiting(cast.actor(name))]  # type: ignore[attr-defined]


def told(cast: Cast, kind: str) -> list[str]:
    rows = Notice.objects.of_tenant(cast.customer.id).filter(kind=kind).order_by("email")
    return [notice.email for notice in rows]


def test_a_round_begins_at_its_start_with_everybody_who_holds_access_then(cast: Cast) -> None:
    policy = reviewed(cast, rule(by(cast.user("member"))), "boss", "helper", "lead")
    row = Assignment.objects.of_tenant(cast.customer.id).get(account=cast.accounts["lead"])
    give_up(cast.actor("lead"), row.tenant_id, row.id)
    with standing_at(START - timedelta(microseconds=1)):
        assert begin_due_reviews() is False
    review = begun(cast)
    assert (review.starts_at, review.ends_at, review.policy_id) == (START, END, policy.id)
    assert set(outcomes(cast)) == {"boss", "helper"}
    assert told(cast, "review_started") == ["member@customer.example"]


def test_a_round_begins_once(cast: Cast) -> None:
    policy = reviewed(cast, rule(by(cast.user("member"))))
    begun(cast)
    with standing_at(START + days(1)):
        work()
        assert begin_review(policy.tenant_id, policy.id) is None
    assert AccessReview.objects.of_tenant(cast.customer.id).count() == 1


def test_a_round_that_begins_late_is_no_shorter(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    with standing_at(START + days(40)):
        work()
    review = AccessReview.objects.of_tenant(cast.customer.id).get()
    assert (review.starts_at, review.ends_at) == (START, START + days(40) + LASTS)


def test_rounds_come_again_each_period(cast: Cast) -> None:
    reviewed(
        cast,
        rule(by(cast.user("member")), every_months=3, without_answer=WithoutAnswer.KEEP),
    )
    for day in range(0, 360, 5):
        with standing_at(NOW + days(day)):
            work()
    rows = AccessReview.objects.of_tenant(cast.customer.id).order_by("starts_at")
    assert [f"{row.starts_at:%Y-%m-%d}" for row in rows] == [
        "2026-05-09",
        "2026-08-09",
        "2026-11-09",
        "2027-02-09",
    ]


def test_no_round_is_held_over_nobody_or_under_a_removed_policy(cast: Cast) -> None:
    offer_to_provider(cast, name="Unused", review_json=rule(by(cast.user("member"))).write())
    policy = reviewed(cast, rule(by(cast.user("member"))))
    AssignmentPolicy.objects.of_tenant(policy.tenant_id).filter(id=policy.id).update(removed_at=NOW)
    with standing_at(START):
        work()
    assert not AccessReview.objects.of_tenant(cast.customer.id).exists()


@pytest.mark.parametrize(
    ("entered", "held_for", "recommended", "because"),
    [
        (1, 60, "Approve", ENTERED),
        (29, 60, "Approve", ENTERED),
        (30, 60, "Deny", AWAY),
        (59, 60, "Deny", AWAY),
        (None, 60, "Deny", NEVER_ENTERED),
        (None, 10, "Approve", NEW),
        (40, 10, "Approve", NEW),
    ],
)
def test_the_recommendation_follows_the_last_entry_to_that_tenant(
    cast: Cast, entered: int | None, held_for: int, recommended: str, because: str
) -> None:
    reviewed(cast, rule(by(cast.user("member"))), "boss")
    elsewhere = join_as_guest(cast.enter("outsider", cast.other), cast.accounts["boss"])
    User.objects.of_tenant(cast.other.id).filter(id=elsewhere.id).update(last_entered_at=START)
    entered_at = START - days(entered) if entered is not None else None
    User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).update(
        last_entered_at=entered_at
    )
    Assignment.objects.of_tenant(cast.customer.id).update(starts_at=START - days(held_for))
    begun(cast)
    row = decision(cast, "boss")
    assert (row.recommendation, row.recommended_because) == (recommended, because)


def group_of(cast: Cast, *names: str) -> Group:
    group = create_group(cast.enter("admin"), display_name="Reviewers")
    for name in names:
        add_member(cast.enter("admin"), group.id, cast.user(name).id)
    return group


def sponsor(cast: Cast, name: str, kind: str) -> None:
    organization = connect(cast.customer, cast.provider)
    Sponsor.rows.create(
        tenant_id=cast.customer.id,
        organization_id=organization.id,
        user_id=cast.user(name).id,
        kind=kind,
        created_at=NOW,
    )


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


@pytest.mark.parametrize("said", ["NotReviewed", "DontKnow"])
@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (WithoutAnswer.KEEP, {"boss": "kept", "helper": "kept"}),
        (WithoutAnswer.REMOVE, {"boss": "removed", "helper": "removed"}),
        (WithoutAnswer.RECOMMENDATION, {"boss": "kept", "helper": "removed"}),
    ],
)
def test_what_silence_means_is_the_rules_to_say(
    cast: Cast, said: str, silence: WithoutAnswer, expected: dict[str, str]
) -> None:
    reviewed(cast, rule(by(cast.user("member")), without_answer=silence))
    User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).update(
        last_entered_at=START - days(3)
    )
    begun(cast)
    if said == "DontKnow":
        with standing_at(START):
            say(cast, "member", said, "boss", "helper")
    with standing_at(END - timedelta(microseconds=1)):
        work()
        assert outcomes(cast) == {"boss": "", "helper": ""}
    with standing_at(END):
        work()
    assert outcomes(cast) == expected
    assert holders(cast) == {name for name, outcome in expected.items() if outcome == "kept"}


def test_whoever_is_denied_is_out_at_once_and_told_why(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))), "boss")
    begun(cast)
    with standing_at(START):
        say(cast, "member", "Deny", "boss", justification="Left the team.")
        open_gate(cast.actor("boss"), str(cast.customer.id))
    with standing_at(END):
        work()
        with pytest.raises(NotFound):
            open_gate(cast.actor("boss"), str(cast.customer.id))
    row = Assignment.objects.of_tenant(cast.customer.id).get()
    assert row.ended_because == "Denied in a review by Member. Left the team."
    notice = Notice.objects.of_tenant(cast.customer.id).get(kind="access_ended")
    assert (notice.email, notice.values["because"]) == ("boss@provider.example", row.ended_because)


def test_a_round_is_applied_once(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member")), without_answer=WithoutAnswer.REMOVE))
    review = begun(cast)
    with standing_at(END):
        assert apply_review(review.tenant_id, review.id) is not None
        assert apply_review(review.tenant_id, review.id) is None
    with standing_at(END + days(1)):
        work()
    found = AuditEvent.objects.across_tenants().filter(tag="access_review.applied")
    assert [(event.actor_name, event.details) for event in found] == [("Tidegate", '{"removed": 2}')]


def test_access_that_ended_meanwhile_is_not_answered_and_not_ended_again(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member")), without_answer=WithoutAnswer.REMOVE))
    begun(cast)
    row = Assignment.objects.of_tenant(cast.customer.id).get(account=cast.accounts["boss"])
    with standing_at(START + days(1)):
        give_up(cast.actor("boss"), row.tenant_id, row.id)
    with standing_at(START + days(2)):
        assert waiting(cast, "member") == [1]
        with pytest.raises(Conflict):
            say(cast, "member", "Approve", "boss", "helper")
        assert decision(cast, "helper").result == "NotReviewed"
    with standing_at(END):
        work()
    assert outcomes(cast) == {"boss": "ended", "helper": "removed"}


def test_a_review_never_leaves_a_tenant_without_an_administrator(cast: Cast) -> None:
    scope = cast.enter("admin")
    group = create_group(scope, display_name="Administrators")
    assign_role(scope, cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id, group_id=group.id)
    package = make_package(cast.customer, "Administrators")
    give_group(package, group)
    policy = make_policy(
        package,
        TargetScope.ALL_MEMBERS,
        expiration=FOREVER,
        review_json=rule(by(cast.user("admin"))).write(),
    )
    for name in ("member", "reader"):
        request_access(cast.actor(name), policy.tenant_id, policy.package_id, policy.id)
    RoleAssignment.objects.of_tenant(cast.customer.id).filter(user_id=cast.user("admin").id).update(
        ends_at=START
    )
    begun(cast)
    with standing_at(START):
        say(cast, "admin", "Deny", "member", "reader")
    with standing_at(END):
        work()
        assert sorted(outcomes(cast).values()) == ["refused", "removed"]
        (kept,) = holders(cast)
        assert outcomes(cast)[kept] == "refused"
        assert BuiltInRole.GLOBAL_ADMINISTRATOR in cast.enter(kept).entry.role_names


def test_an_administrator_ends_a_round_early_and_begins_one_now(cast: Cast) -> None:
    policy = reviewed(cast, rule(by(cast.user("member")), without_answer=WithoutAnswer.KEEP))
    with standing_at(NOW + days(1)):
        review = begin_review_now(cast.enter("admin"), policy.id)
        with pytest.raises(Conflict):
            begin_review_now(cast.enter("admin"), policy.id)
        say(cast, "member", "Deny", "helper")
    with standing_at(NOW + days(2)):
        stopped = stop_review(cast.enter("admin"), review.id)
        assert (stopped.state, stopped.ends_at, stopped.applied_at) == (
            "applied",
            NOW + days(2),
            NOW + days(2),
        )
        with pytest.raises(Conflict):
            stop_review(cast.enter("admin"), review.id)
    assert outcomes(cast) == {"boss": "kept", "helper": "removed"}
    with standing_at(START):
        work()
    assert AccessReview.objects.of_tenant(cast.customer.id).count() == 2


@pytest.mark.parametrize("name", ["member", "reader", "analyst", "lead", "helper"])
def test_only_administrators_begin_and_end_rounds(cast: Cast, name: str) -> None:
    policy = reviewed(cast, rule(by(cast.user("member"))))
    review = begun(cast)
    with standing_at(START):
        with pytest.raises(Forbidden):
            stop_review(cast.enter(name), review.id)
        with pytest.raises(Forbidden):
            begin_review_now(cast.enter(name), policy.id)


def test_rounds_that_cannot_begin_say_why(cast: Cast) -> None:
    scope = cast.enter("admin")
    with pytest.raises(NotFound):
        begin_review_now(scope, uuid4())
    plain = make_policy(make_package(cast.customer, "Plain"))
    with pytest.raises(Conflict):
        begin_review_now(scope, plain.id)
    empty = offer_to_provider(cast, review_json=rule().write())
    with pytest.raises(Conflict):
        begin_review_now(scope, empty.id)
    empty.refresh_from_db()
    assert empty.last_review_at is None


def test_without_anybody_to_answer_the_administrators_are_told(cast: Cast) -> None:
    reviewed(cast, rule(Approver(ApproverKind.INTERNAL_SPONSORS)))
    begun(cast)
    assert told(cast, "review_started") == ["admin@customer.example"]


def test_the_outsider_sees_answers_begins_and_ends_nothing(cast: Cast) -> None:
    policy = reviewed(cast, rule(by(cast.user("member"))))
    review = begun(cast)
    own = cast.enter("outsider", cast.other)
    ids = [decision(cast, "boss").id]
    with standing_at(START):
        assert list(list_reviews(own)) == list(reviews_waiting(cast.actor("outsider"))) == []
        for refused in (
            lambda: get_review(own, review.id),
            lambda: stop_review(own, review.id),
            lambda: begin_review_now(own, policy.id),
            lambda: answer(
                cast.actor("outsider"), review.tenant_id, review.id, ids, result="Deny", justification="x"
            ),
            lambda: answer(
                cast.actor("outsider"), cast.other.id, review.id, ids, result="Deny", justification="x"
            ),
        ):
            with pytest.raises(NotFound):
                refused()
    assert decision(cast, "boss").result == "NotReviewed"


def test_an_absent_round_and_one_of_others_read_the_same(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    review = begun(cast)
    ids = [decision(cast, "boss").id]
    words = set()
    with standing_at(START):
        for found in (review.id, uuid4()):
            with pytest.raises(NotFound) as refused:
                answer(cast.actor("helper"), review.tenant_id, found, ids, result="Deny", justification="x")
            words.add(refused.value.message)
            with pytest.raises(NotFound) as refused:
                get_review(cast.enter("helper"), found)
            words.add(refused.value.message)
    assert words == {"There is no such review."}


def test_who_sees_which_rounds(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))))
    begun(cast)
    with standing_at(START):
        seen = {name: list_reviews(cast.enter(name)).count() for name in ("admin", "member", "helper")}
        rows = {
            name: list_decisions(cast.enter(name), begun(cast)).count()
            for name in ("admin", "member", "helper")
        }
    assert seen == {"admin": 1, "member": 1, "helper": 0}
    assert rows == {"admin": 2, "member": 2, "helper": 0}
    with standing_at(END + days(1)):
        work()
        assert list_reviews(cast.enter("member")).count() == 1


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


def test_the_inbox_asks_as_much_of_the_database_for_one_round_as_for_three(cast: Cast) -> None:
    actor, numbers = cast.actor("member"), []
    for number in range(3):
        policy = offer_to_provider(
            cast, name=f"Package {number}", review_json=rule(by(cast.user("member"))).write()
        )
        request_access(cast.actor("boss"), policy.tenant_id, policy.package_id, policy.id)
        begin_review_now(cast.enter("admin"), policy.id)
        with CaptureQueriesContext(connection) as asked:
            found = {row.policy.package.display_name for row in reviews_waiting(actor)}
        numbers.append((len(found), len(asked)))
    assert numbers == [(1, 1), (2, 1), (3, 1)]


def test_every_step_of_a_round_is_in_the_audit_log(cast: Cast) -> None:
    reviewed(cast, rule(by(cast.user("member"))), "boss")
    begun(cast)
    with standing_at(START):
        say(cast, "member", "Deny", "boss", justification="Left the team.")
    with standing_at(END):
        work()
    found = AuditEvent.objects.across_tenants().filter(
        tenant_id=cast.customer.id,
        tag__in=[f"access_review.{what}" for what in ("begun", "answered", "applied")],
    )
    assert [(event.tag, event.actor_name) for event in found.order_by("sequence")] == [
        ("access_review.begun", "Tidegate"),
        ("access_review.answered", "Member"),
        ("access_review.applied", "Tidegate"),
    ]
