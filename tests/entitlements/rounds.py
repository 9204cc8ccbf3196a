"""Rounds of reviews at the cast's customer: begun, held, answered and looked at."""

from tests.cast import NOW, Cast, days
from tests.entitlements.offering import (
    connect,
    offer_to_provider,
)
from tidegate.core.clock import standing_at
from tidegate.core.worker import Job, run_pending
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.models import Group, User
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.actions.reviews import answer
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
    reviews_waiting,
)
from tidegate.entitlements.rules import Approver, ReviewRule
from tidegate.entitlements.words import ApproverKind

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
