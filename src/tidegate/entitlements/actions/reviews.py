"""Rounds of access reviews are answered, and applied at their end."""

import uuid
from collections import Counter
from collections.abc import Collection
from typing import Final

from django.db import transaction

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SYSTEM, Actor, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.core.text import clean_block
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import note, system_scope
from tidegate.entitlements.actions.assignments import end_assignment
from tidegate.entitlements.models import AccessReview, Outcome, ReviewDecision
from tidegate.entitlements.reviewing import answerable, get_review, review_target, reviewed_by
from tidegate.entitlements.rules import ReviewRule
from tidegate.entitlements.words import ReviewResult, ReviewState, WithoutAnswer

LONGEST_JUSTIFICATION: Final = 2000
_ANSWERED: Final = ("result", "justification", "decided_at", "decided_by_account_id", "decided_by_name")
ANSWERS: Final = (ReviewResult.APPROVE, ReviewResult.DENY, ReviewResult.DONT_KNOW)


def answer(
    actor: Actor,
    tenant_id: uuid.UUID,
    review_id: uuid.UUID,
    decisions: Collection[uuid.UUID],
    *,
    result: str,
    justification: str = "",
) -> list[ReviewDecision]:
    """Say whether access is still needed, in one or more decisions of a round; changeable until its end.

    Raises NotFound, the same for what is absent and what others review; Forbidden for one's own access;
    Conflict when the round is over; InvalidInput naming `result`, `justification` or `decisions`.
    """
    chosen = _clean_result(result)
    if not decisions:
        raise InvalidInput(fields={"decisions": "must be selected first"})
    with transaction.atomic():
        review = _lock_review(tenant_id, review_id)
        _check_reviewer(actor, review, decisions)
        words = _clean_words(justification, review.rule, chosen)
        mine = answerable(actor, clock.now()).filter(tenant_id=tenant_id, review_id=review_id)
        rows = list(mine.filter(id__in=decisions).select_related("assignment__user"))
        if len(rows) != len(set(decisions)):
            raise Conflict("This access has ended already.")
        for row in rows:
            row.result, row.justification, row.decided_at = chosen, words, clock.now()
            row.decided_by_account_id, row.decided_by_name = actor.account_id, actor.display_name[:256]
        ReviewDecision.objects.rewrite(rows, _ANSWERED)
        users = [row.assignment.user.user_principal_name for row in rows]
        details = {"result": chosen.value, "justification": words, "users": users}
        note(tenant_id, actor, "access_review.answered", review_target(review), details=details)
    return rows


def apply_review(tenant_id: uuid.UUID, review_id: uuid.UUID) -> AccessReview | None:
    """Do what a round says whose time is over; None when it is not, or was applied already."""
    with transaction.atomic():
        lock_directory(system_scope(tenant_id))
        rows = AccessReview.objects.of_tenant(tenant_id).filter(
            id=review_id, state=ReviewState.IN_PROGRESS, ends_at__lte=clock.now()
        )
        review = rows.select_for_update(of=("self",), no_key=True).first()
        if review is not None:
            _apply(review, SYSTEM)
    return review


def stop_review(scope: Scope, review_id: uuid.UUID) -> AccessReview:
    """End a round before its time and do what it says. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        get_review(scope, review_id)
        review = _lock_review(scope.tenant_id, review_id)
        if review.state != ReviewState.IN_PROGRESS:
            raise Conflict("This review is over.")
        review.ends_at = min(review.ends_at, clock.now())
        review.save(update_fields=["ends_at"])
        _apply(review, scope.actor)
    return review


def _lock_review(tenant_id: uuid.UUID, review_id: uuid.UUID) -> AccessReview:
    rows = AccessReview.objects.of_tenant(tenant_id).select_for_update(of=("self",), no_key=True)
    review = rows.filter(id=review_id).first()
    if review is None:
        raise NotFound("There is no such review.")
    return review


def _check_reviewer(actor: Actor, review: AccessReview, decisions: Collection[uuid.UUID]) -> None:
    """Raise as `answer` says for whoever may not answer all of these now."""
    mine = reviewed_by(actor, clock.now()).filter(tenant_id=review.tenant_id, review_id=review.id)
    found = set(mine.filter(id__in=decisions).values_list("id", flat=True))
    if found != set(decisions):
        asked = ReviewDecision.objects.of_tenant(review.tenant_id).filter(
            review_id=review.id, id__in=decisions
        )
        whose = set(asked.values_list("assignment__account_id", flat=True))
        if actor.account_id in whose and mine.exists():
            raise Forbidden("Nobody reviews their own access.", permission="review.answer")
        raise NotFound("There is no such review.")
    if review.state != ReviewState.IN_PROGRESS or review.ends_at <= clock.now():
        raise Conflict("This review is over.")


def _clean_result(text: str) -> ReviewResult:
    if text not in ANSWERS:
        raise InvalidInput(fields={"result": "must be approve, deny or don't know"})
    return ReviewResult(text)


def _clean_words(text: str, rule: ReviewRule, chosen: ReviewResult) -> str:
    needed = rule.is_justification_required and chosen != ReviewResult.DONT_KNOW
    return clean_block(text, "justification", longest=LONGEST_JUSTIFICATION, required=needed)


def _apply(review: AccessReview, actor: Actor) -> None:
    """Take away what was denied, or what silence takes away; inside the caller's transaction and locks."""
    decisions = ReviewDecision.objects.of_tenant(review.tenant_id).filter(review_id=review.id)
    rows = list(
        decisions.select_related(
            "assignment__user", "assignment__policy", "assignment__package", "assignment__tenant"
        )
    )
    for row in rows:
        row.outcome = _settle(review, row, actor)
    ReviewDecision.objects.rewrite(rows, ["outcome"])
    review.state, review.applied_at = ReviewState.APPLIED, clock.now()
    review.save(update_fields=["state", "applied_at"])
    details = dict(Counter(row.outcome for row in rows))
    note(review.tenant_id, actor, "access_review.applied", review_target(review), details=details)


def _settle(review: AccessReview, row: ReviewDecision, actor: Actor) -> Outcome:
    if row.assignment.is_over(clock.now()):
        return Outcome.ENDED
    if not _removes(review.rule, row):
        return Outcome.KEPT
    try:
        with transaction.atomic():
            scope = system_scope(review.tenant_id)
            end_assignment(scope, row.assignment, because=_because(review, row), actor=actor)
    except Conflict:
        return Outcome.REFUSED
    return Outcome.REMOVED


def _removes(rule: ReviewRule, row: ReviewDecision) -> bool:
    if row.result in {ReviewResult.APPROVE, ReviewResult.DENY}:
        return row.result == ReviewResult.DENY
    if rule.without_answer == WithoutAnswer.RECOMMENDATION:
        return row.recommendation == ReviewResult.DENY
    return rule.without_answer == WithoutAnswer.REMOVE


def _because(review: AccessReview, row: ReviewDecision) -> str:
    if row.result == ReviewResult.DENY:
        words = f"Denied in a review by {row.decided_by_name}."
        return f"{words} {row.justification}".strip()
    if review.rule.without_answer == WithoutAnswer.RECOMMENDATION:
        return f"Nobody answered the review. {row.recommended_because}".strip()
    return "Nobody answered the review."
