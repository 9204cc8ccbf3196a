"""Who reviews what: rounds and decisions as one person may see and answer them.

A reviewer is known by their account, so that nobody answers for their own access as somebody else; only
where everybody answers for themselves do they. Groups and sponsors are those of the moment.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.models import GroupMembership, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import (
    AccessReview,
    Assignment,
    AssignmentPolicy,
    ReviewDecision,
    Reviewer,
    Sponsor,
)
from tidegate.entitlements.words import ApproverKind, ReviewResult, ReviewState, SponsorKind

LATELY: Final = timedelta(days=30)

NEW: Final = "They have had this access for less than 30 days."
ENTERED: Final = "They entered this organization in the last 30 days."
AWAY: Final = "They have not entered this organization for 30 days."
NEVER_ENTERED: Final = "They have never entered this organization."


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What is recommended about an assignment, and why."""

    result: ReviewResult
    because: str


def recommend(assignment: Assignment, at: datetime) -> Recommendation:
    """Deny for whoever has not come in for 30 days (Microsoft, "Review recommendations").

    Access that is newer than that says nothing yet.
    """
    entered_at = assignment.user.last_entered_at
    if entered_at is not None and entered_at > at - LATELY:
        return Recommendation(ReviewResult.APPROVE, ENTERED)
    if assignment.starts_at > at - LATELY:
        return Recommendation(ReviewResult.APPROVE, NEW)
    return Recommendation(ReviewResult.DENY, AWAY if entered_at else NEVER_ENTERED)


def reviews_waiting(actor: Actor, tenant_id: uuid.UUID | None = None) -> QuerySet[AccessReview]:
    """The rounds in which this person has still to answer, soonest end first; in one tenant, or in all.

    Each with its tenant and package, and `waiting`, how many answers.
    """
    reviews = AccessReview.objects.across_tenants().filter(state=ReviewState.IN_PROGRESS)
    if tenant_id is not None:
        reviews = reviews.filter(tenant_id=tenant_id)
    mine = _of_round(_unanswered(actor))
    found = reviews.filter(Exists(mine)).annotate(waiting=_count(mine))
    return found.select_related("tenant", "policy__package").order_by("ends_at", "id")


def list_reviews(scope: Scope | ManyScope) -> QuerySet[AccessReview]:
    """The tenant's rounds that the actor may see: all with the permission, else those they review.

    The newest first. Each with `waiting`, how many answers of theirs are missing, `answered` and `total`.
    """
    reviews = AccessReview.objects.in_scope(scope).select_related("policy__package")
    if not scope.allows(Permission.ENTITLEMENT_READ):
        reviews = reviews.filter(Exists(_of_round(reviewed_by(scope.actor, clock.now()))))
    decisions = _of_round(ReviewDecision.objects.across_tenants())
    counted = reviews.annotate(
        waiting=_count(_of_round(_unanswered(scope.actor))),
        answered=_count(decisions.exclude(result=ReviewResult.NOT_REVIEWED)),
        total=_count(decisions),
    )
    return counted.order_by("-starts_at", "-id")


def waiting_first(scope: Scope) -> tuple[QuerySet[AccessReview], QuerySet[AccessReview]]:
    """The same in two: the rounds that wait for the actor, soonest end first, and all others."""
    reviews, mine = list_reviews(scope), Exists(_of_round(_unanswered(scope.actor)))
    return reviews.filter(mine).order_by("ends_at", "id"), reviews.exclude(mine)


def get_review(scope: Scope, review_id: uuid.UUID) -> AccessReview:
    """One of them. Raises NotFound, the same for a round that is absent and one of others."""
    review = list_reviews(scope).filter(id=review_id).first()
    if review is None:
        raise NotFound("There is no such review.")
    return review


def list_decisions(scope: Scope, review: AccessReview) -> QuerySet[ReviewDecision]:
    """A round's decisions that the actor may see, by name; all with the permission, else their own to answer.

    Each with its assignment and user, and `may_answer`, whether the actor may now.
    """
    now = clock.now()
    decisions = ReviewDecision.objects.in_scope(scope).filter(review_id=review.id)
    if not scope.allows(Permission.ENTITLEMENT_READ):
        decisions = decisions.filter(Exists(_same(reviewed_by(scope.actor, now))))
    told = decisions.annotate(may_answer=Exists(_same(answerable(scope.actor, now))))
    people = told.select_related("assignment__user", "assignment__organization")
    return people.order_by("assignment__user__display_name", "id")


def waiting_decisions(scope: Scope, review: AccessReview) -> QuerySet[ReviewDecision]:
    """Those of a round that the actor has still to answer, in the same order."""
    return list_decisions(scope, review).filter(Exists(_same(_unanswered(scope.actor))))


def reviewable_policies(scope: Scope) -> QuerySet[AssignmentPolicy]:
    """The policies under which a round can be begun now, by package. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    held = Assignment.objects.in_scope(scope).filter(in_force(clock.now()), policy_id=OuterRef("id"))
    going_on = AccessReview.objects.in_scope(scope).filter(
        policy_id=OuterRef("id"), state=ReviewState.IN_PROGRESS
    )
    rows = AssignmentPolicy.objects.in_scope(scope).filter(
        Exists(held), ~Exists(going_on), removed_at__isnull=True
    )
    reviewed = rows.exclude(review_json={}).select_related("package")
    return reviewed.order_by("package__display_name", "display_name", "id")


def review_target(review: AccessReview) -> Target:
    """How the audit log names a round."""
    return Target("access_review", str(review.id), review.display_name)


def require_report(scope: Scope) -> None:
    """Raise Forbidden for whoever may not read the whole of a round."""
    require(scope, Permission.ENTITLEMENT_READ)


def answerable(actor: Actor, at: datetime) -> QuerySet[ReviewDecision]:
    """The decisions, of every tenant, that this person may make or change at an instant."""
    return reviewed_by(actor, at).filter(
        in_force(at, "assignment__"),
        review__state=ReviewState.IN_PROGRESS,
        review__ends_at__gt=at,
    )


def reviewed_by(actor: Actor, at: datetime) -> QuerySet[ReviewDecision]:
    """The decisions, of every tenant and every round, for which this person is a reviewer now."""
    decisions = ReviewDecision.objects.across_tenants()
    if actor.account_id is None:
        return decisions.none()
    own = _own_users(actor.account_id, at)
    oneself = Q(Exists(own.filter(id=OuterRef("assignment__user_id"))))
    reviewers = Reviewer.objects.across_tenants().filter(
        _is_user(own, at), tenant_id=OuterRef("tenant_id"), review_id=OuterRef("review_id")
    )
    others = Q(Exists(reviewers)) & ~oneself
    return decisions.filter(Q(oneself, review__is_self_review=True) | others)


def _unanswered(actor: Actor) -> QuerySet[ReviewDecision]:
    return answerable(actor, clock.now()).filter(result=ReviewResult.NOT_REVIEWED)


def _of_round(decisions: QuerySet[ReviewDecision]) -> QuerySet[ReviewDecision]:
    """Those of the round of the query outside."""
    return decisions.filter(tenant_id=OuterRef("tenant_id"), review_id=OuterRef("id"))


def _count(decisions: QuerySet[ReviewDecision]) -> Coalesce:
    number = decisions.order_by().values("review_id").annotate(number=Count("id")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def _own_users(account_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    """The person's own user objects, in the tenant of the row of the query outside."""
    entering = User.objects.across_tenants().entering(at)
    return entering.filter(tenant_id=OuterRef("tenant_id"), account_id=account_id)


def _is_user(own: QuerySet[User], at: datetime) -> Q:
    """The condition on a reviewer that it is this person's own user object there."""
    held = GroupMembership.objects.across_tenants().filter(
        in_force(at),
        tenant_id=OuterRef("tenant_id"),
        group_id=OuterRef("group_id"),
        user_id__in=own.values("id"),
    )
    inside = Q(kind=ApproverKind.INTERNAL_SPONSORS) & Q(Exists(_sponsorships(own, SponsorKind.INTERNAL)))
    outside = Q(kind=ApproverKind.EXTERNAL_SPONSORS) & Q(Exists(_sponsorships(own, SponsorKind.EXTERNAL)))
    manages = User.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"),
        id=OuterRef(OuterRef("assignment__user_id")),
        manager_id__in=own.values("id"),
    )
    return (
        Q(kind=ApproverKind.USER, user_id__in=own.values("id"))
        | Q(Exists(held), kind=ApproverKind.GROUP)
        | inside
        | outside
        | Q(Exists(manages), kind=ApproverKind.MANAGER)
    )


def _sponsorships(own: QuerySet[User], kind: SponsorKind) -> QuerySet[Sponsor]:
    return Sponsor.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"),
        organization_id=OuterRef(OuterRef("assignment__organization_id")),
        kind=kind,
        user_id__in=own.values("id"),
    )


def _same(decisions: QuerySet[ReviewDecision]) -> QuerySet[ReviewDecision]:
    return decisions.filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("id"))
