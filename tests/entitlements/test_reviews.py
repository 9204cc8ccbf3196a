"""Reviews: who is asked, who may answer, what comes of it; over whole rounds and by the exact instant."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days, join_as_guest
from tests.entitlements.offering import (
    FOREVER,
    give_group,
    make_package,
    make_policy,
    offer_to_provider,
)
from tests.entitlements.rounds import (
    END,
    LASTS,
    START,
    begun,
    by,
    decision,
    holders,
    outcomes,
    reviewed,
    rule,
    say,
    told,
    waiting,
    work,
)
from tidegate.audit.models import AuditEvent
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, NotFound
from tidegate.directory.actions.groups import create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import RoleAssignment, User
from tidegate.entitlements.actions.requests import give_up, request_access
from tidegate.entitlements.actions.review_rounds import begin_review, begin_review_now
from tidegate.entitlements.actions.reviews import answer, apply_review, stop_review
from tidegate.entitlements.jobs import begin_due_reviews
from tidegate.entitlements.models import (
    AccessReview,
    Assignment,
    AssignmentPolicy,
    Notice,
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
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ApproverKind, TargetScope, WithoutAnswer
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


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
