"""What the pages and the report of a review show, made of rows and rules."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.authorization.scope import Scope
from tidegate.directory.models import Group, User
from tidegate.entitlements.models import AccessReview, ReviewDecision
from tidegate.entitlements.words import ApproverKind, ReviewResult
from tidegate.web.review_words import (
    OUTCOME_LEVELS,
    OUTCOME_WORDS,
    RESULT_LEVELS,
    RESULT_WORDS,
    REVIEWER_WORDS,
    SILENCE_WORDS,
)
from tidegate.web.visit import Visit, say_reason

LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A state in words, with the level by which its sign is drawn."""

    word: Promise | str
    level: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a round."""

    decision: ReviewDecision
    user: User
    home: str
    may_answer: bool
    is_open: bool
    recommendation: Told | None
    because: str
    result: Told
    outcome: Told | None
    url: str


@dataclass(frozen=True, slots=True)
class RuleWords:
    """How a round is held, in words."""

    reviewers: list[str]
    silence: Promise | str
    ends_in: list[str]


def make_row(visit: Visit, review: AccessReview, decision: ReviewDecision) -> Row:
    """One decision, ready to be shown to this visitor."""
    organization = decision.assignment.organization
    shows = review.rule.shows_recommendation
    may_answer: bool = decision.may_answer  # type: ignore[attr-defined]  # annotated by list_decisions
    return Row(
        decision=decision,
        user=decision.assignment.user,
        home=organization.display_name if organization else "",
        may_answer=may_answer,
        is_open=decision.result == ReviewResult.NOT_REVIEWED,
        recommendation=told_result(decision.recommendation) if shows else None,
        because=say_reason(decision.recommended_because) if shows else "",
        result=told_result(decision.result),
        outcome=told_outcome(decision.outcome) if decision.outcome else None,
        url=visit.link("review_decision", review.id, decision.id) if may_answer else "",
    )


def told_result(result: str) -> Told:
    """An answer in words."""
    return Told(RESULT_WORDS.get(result, result), RESULT_LEVELS.get(result, "dim"))


def told_outcome(outcome: str) -> Told:
    """What came of it, in words."""
    return Told(OUTCOME_WORDS.get(outcome, outcome), OUTCOME_LEVELS.get(outcome, "dim"))


def describe_rule(scope: Scope, review: AccessReview) -> RuleWords:
    """How a round is held. At most two statements."""
    rule = review.rule
    silence = SILENCE_WORDS[rule.without_answer]
    missing: int = getattr(review, "total", 0) - getattr(review, "answered", 0)
    words = ngettext("%(count)d person has no answer yet.", "%(count)d people have no answer yet.", missing)
    return RuleWords(
        reviewers=_reviewer_names(scope, review),
        silence=silence,
        ends_in=[words % {"count": missing}, f"{_('Without an answer:')} {silence}"] if missing else [],
    )


def _reviewer_names(scope: Scope, review: AccessReview) -> list[str]:
    reviewers = review.rule.reviewers
    if not reviewers:
        return [_("Everybody for themselves")]
    users = {one.id for one in reviewers if one.kind == ApproverKind.USER and one.id}
    groups = {one.id for one in reviewers if one.kind == ApproverKind.GROUP and one.id}
    named = [*User.objects.in_scope(scope).filter(id__in=users)] if users else []
    together = [*Group.objects.in_scope(scope).filter(id__in=groups)] if groups else []
    kinds = [str(REVIEWER_WORDS[one.kind]) for one in reviewers if one.kind in REVIEWER_WORDS]
    return [*sorted(one.display_name for one in (*named, *together)), *kinds]


def answer_actions() -> list[dict[str, object]]:
    """The buttons of the bar for those selected."""
    return [
        {"label": RESULT_WORDS[result], "name": "result", "value": result.value, "key": key}
        for result, key in (
            (ReviewResult.APPROVE, ""),
            (ReviewResult.DENY, ""),
            (ReviewResult.DONT_KNOW, ""),
        )
    ]


def report_head() -> list[str]:
    """The names of the report's columns."""
    return [
        _("Name"),
        _("User principal name"),
        _("Organization"),
        _("Last entered"),
        _("Access ends"),
        _("Recommendation"),
        _("Because"),
        _("Answer"),
        _("Answered by"),
        _("Answered at"),
        _("Reason"),
        _("Outcome"),
    ]


def report_row(review: AccessReview, decision: ReviewDecision) -> tuple[object, ...]:
    """One line of the report."""
    assignment, user = decision.assignment, decision.assignment.user
    organization = assignment.organization
    return (
        user.display_name,
        user.user_principal_name,
        organization.display_name if organization else "",
        user.last_entered_at,
        assignment.ends_at,
        told_result(decision.recommendation).word,
        say_reason(decision.recommended_because),
        told_result(decision.result).word,
        decision.decided_by_name,
        decision.decided_at,
        decision.justification,
        told_outcome(decision.outcome).word if decision.outcome else "",
    )
