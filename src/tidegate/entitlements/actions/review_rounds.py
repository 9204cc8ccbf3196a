"""Rounds of access reviews begin: over everybody who holds access under a policy at that instant."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SYSTEM, Actor, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.directory.models import GroupMembership, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import note, system_scope
from tidegate.entitlements.models import (
    AccessReview,
    Assignment,
    AssignmentPolicy,
    ReviewDecision,
    Reviewer,
    Sponsor,
)
from tidegate.entitlements.notices import NoticeKind, Value, tell_administrators, tell_users
from tidegate.entitlements.reviewing import recommend, review_target
from tidegate.entitlements.rounds import due_start
from tidegate.entitlements.rules import ReviewRule
from tidegate.entitlements.words import ApproverKind, ReviewState, SponsorKind


def begin_review(tenant_id: uuid.UUID, policy_id: uuid.UUID) -> AccessReview | None:
    """Begin the round of a policy whose start has come; None when there is none, or nobody to review."""
    with transaction.atomic():
        lock_directory(system_scope(tenant_id))
        policy = _find_policy(tenant_id, policy_id)
        start = due_start(policy, clock.now()) if policy else None
        if policy is None or start is None or _is_under_way(policy):
            return None
        return _hold(policy, start, SYSTEM)


def begin_review_now(scope: Scope, policy_id: uuid.UUID) -> AccessReview:
    """Begin a round at once, beside those of the schedule.

    Raises Forbidden, NotFound, Conflict when the policy has no reviews, one is under way, or nobody holds
    access under it.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        policy = _find_policy(scope.tenant_id, policy_id)
        if policy is None:
            raise NotFound("There is no such policy.")
        if policy.review is None:
            raise Conflict("This policy has no reviews.")
        if _is_under_way(policy):
            raise Conflict("A review under this policy is under way already.")
        review = _hold(policy, clock.now(), scope.actor)
        if review is None:
            raise Conflict("Nobody holds access under this policy.")
    return review


def _find_policy(tenant_id: uuid.UUID, policy_id: uuid.UUID) -> AssignmentPolicy | None:
    rows = AssignmentPolicy.objects.of_tenant(tenant_id).select_related("package")
    return rows.filter(id=policy_id, removed_at__isnull=True).first()


def _is_under_way(policy: AssignmentPolicy) -> bool:
    reviews = AccessReview.objects.of_tenant(policy.tenant_id).filter(policy_id=policy.id)
    return reviews.filter(state=ReviewState.IN_PROGRESS).exists()


def _hold(policy: AssignmentPolicy, starts_at: datetime, actor: Actor) -> AccessReview | None:
    """Write a round with its reviewers and decisions, and tell who is to answer."""
    now, rule = clock.now(), policy.review
    policy.last_review_at = starts_at
    policy.save(update_fields=["last_review_at"])
    assignments = Assignment.objects.of_tenant(policy.tenant_id).filter(in_force(now), policy_id=policy.id)
    held = list(assignments.select_related("user"))
    if rule is None or not held:
        return None
    review = AccessReview.rows.create(
        tenant_id=policy.tenant_id,
        policy_id=policy.id,
        display_name=f"{policy.package.display_name}: {policy.display_name}"[:512],
        rule_json=policy.review_json,
        is_self_review=rule.is_self_review,
        starts_at=starts_at,
        # A round that begins late, because no worker ran, is no shorter.
        ends_at=now + rule.duration,
    )
    _name_reviewers(review, rule)
    _open_decisions(review, held, now)
    _tell(review, rule, held)
    details = {"assignments": len(held), "ends_at": review.ends_at}
    note(policy.tenant_id, actor, "access_review.begun", review_target(review), details=details)
    return review


def _name_reviewers(review: AccessReview, rule: ReviewRule) -> None:
    for reviewer in rule.reviewers:
        Reviewer.rows.create(
            tenant_id=review.tenant_id,
            review_id=review.id,
            kind=reviewer.kind,
            user_id=reviewer.id if reviewer.kind == ApproverKind.USER else None,
            group_id=reviewer.id if reviewer.kind == ApproverKind.GROUP else None,
        )


def _open_decisions(review: AccessReview, held: list[Assignment], now: datetime) -> None:
    rows = []
    for assignment in held:
        recommended = recommend(assignment, now)
        rows.append(
            ReviewDecision(
                tenant_id=review.tenant_id,
                review_id=review.id,
                assignment_id=assignment.id,
                recommendation=recommended.result,
                recommended_because=recommended.because,
            )
        )
    ReviewDecision.objects.bulk_create(rows, batch_size=500)


def _tell(review: AccessReview, rule: ReviewRule, held: list[Assignment]) -> None:
    tenant_id, key = review.tenant_id, f"review:{review.id}"
    values: dict[str, Value] = {
        "review_id": review.id,
        "review": review.display_name,
        "until": review.ends_at,
    }
    if rule.is_self_review:
        users = [assignment.user for assignment in held]
        tell_users(tenant_id, NoticeKind.SELF_REVIEW_STARTED, key=key, users=users, values=values)
        return
    reviewers = _reviewing_users(review, rule, held)
    if reviewers:
        tell_users(tenant_id, NoticeKind.REVIEW_STARTED, key=key, users=reviewers, values=values)
    else:
        # Nobody would answer, and access could end by silence: its administrators can still act.
        tell_administrators(tenant_id, NoticeKind.REVIEW_STARTED, key=key, values=values)


def _reviewing_users(review: AccessReview, rule: ReviewRule, held: list[Assignment]) -> list[User]:
    now, tenant_id = clock.now(), review.tenant_id
    chosen = Q(pk__in=[])
    for reviewer in rule.reviewers:
        if reviewer.kind == ApproverKind.USER:
            chosen |= Q(id=reviewer.id)
        elif reviewer.kind == ApproverKind.GROUP and reviewer.id:
            members = GroupMembership.objects.of_tenant(tenant_id).filter(in_force(now), group_id=reviewer.id)
            chosen |= Q(id__in=members.values("user_id"))
        elif reviewer.kind == ApproverKind.MANAGER:
            chosen |= Q(id__in={one.user.manager_id for one in held if one.user.manager_id})
        else:
            organizations = {one.organization_id for one in held if one.organization_id}
            is_inside = reviewer.kind == ApproverKind.INTERNAL_SPONSORS
            sponsors = Sponsor.objects.of_tenant(tenant_id).filter(
                organization_id__in=organizations,
                kind=SponsorKind.INTERNAL if is_inside else SponsorKind.EXTERNAL,
            )
            chosen |= Q(id__in=sponsors.values("user_id"))
    return list(User.objects.of_tenant(tenant_id).entering(now).filter(chosen))
