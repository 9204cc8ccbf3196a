"""What a policy says, as an administrator writes it, and what it must keep to.

Bounds are Microsoft's where there are any ("Change approval and requestor information settings"), and
the operator's for how long access may last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.lifetimes import longest_access
from tidegate.entitlements.rules import (
    BREAK_GLASS,
    MOST_STAGES,
    Approver,
    ExpirationRule,
    Question,
    ReviewRule,
    StageRule,
)
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope

SHORTEST_TIME: Final = timedelta(hours=1)
LONGEST_TIME_LIMIT: Final = timedelta(days=30)
EARLIEST_ESCALATION: Final = timedelta(days=1)
LEAST_TIME_WITH_ALTERNATES: Final = timedelta(days=4)
MOST_APPROVERS: Final = 50
MOST_QUESTIONS: Final = 20
MOST_CHOICES: Final = 20
LONGEST_QUESTION: Final = 500
LONGEST_CHOICE: Final = 200
LONGEST_REASON: Final = 1000
MONTHS: Final = (1, 3, 6, 12)
"""How often a review may come round: monthly, quarterly, half-yearly, yearly."""

ORGANIZATION_SCOPES: Final = frozenset({TargetScope.SPECIFIC_ORGANIZATIONS, TargetScope.ALL_ORGANIZATIONS})
_SPONSORS: Final = frozenset({ApproverKind.INTERNAL_SPONSORS, ApproverKind.EXTERNAL_SPONSORS})
_NAMED: Final = frozenset({ApproverKind.USER, ApproverKind.GROUP})
_NO_DAYS: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """A policy without its package. Targets are ids of connected organizations, or of users and groups."""

    display_name: str
    target_scope: TargetScope
    expiration: ExpirationRule
    description: str = ""
    organization_ids: tuple[UUID, ...] = ()
    user_ids: tuple[UUID, ...] = ()
    group_ids: tuple[UUID, ...] = ()
    stages: tuple[StageRule, ...] = ()
    questions: tuple[Question, ...] = ()
    review: ReviewRule | None = None
    is_justification_required: bool = True
    allows_custom_duration: bool = True
    allows_extension: bool = True
    extension_needs_approval: bool = True
    accepts_requests: bool = True
    # A policy for specific people may be written before there are any: until then nobody may ask.
    may_name_nobody: bool = False


def break_glass_terms(
    display_name: str, target_scope: TargetScope, organization_ids: tuple[UUID, ...] = ()
) -> Terms:
    """The one form that the policy of an emergency package has: one colleague agrees, for one hour."""
    colleague = StageRule((Approver(ApproverKind.COLLEAGUE),), time_limit=BREAK_GLASS)
    return Terms(
        display_name=display_name,
        target_scope=target_scope,
        organization_ids=organization_ids,
        stages=(colleague,),
        expiration=ExpirationRule(ExpirationType.AFTER_DURATION, BREAK_GLASS),
        allows_custom_duration=False,
        allows_extension=False,
        extension_needs_approval=False,
    )


def check_terms(terms: Terms, *, is_break_glass: bool) -> None:
    """Raise InvalidInput, naming each field, for terms that a policy may not have.

    Fields of stages and questions carry their number from 1: `stage_2_approvers`, `question_1_text`.
    """
    clean_line(terms.display_name, "display_name", longest=256)
    clean_line(terms.description, "description", longest=1024, required=False)
    _check_targets(terms)
    if is_break_glass:
        _check_break_glass(terms)
        return
    _check_stages(terms)
    _check_questions(terms.questions)
    _check_expiration(terms.expiration)
    if terms.review is not None:
        _check_review(terms.review)


def _check_targets(terms: Terms) -> None:
    people = bool(terms.user_ids or terms.group_ids)
    if not terms.may_name_nobody:
        _check_somebody_is_named(terms)
    if terms.target_scope != TargetScope.SPECIFIC_ORGANIZATIONS and terms.organization_ids:
        raise InvalidInput(fields={"organizations": "must be empty for this choice of who may ask"})
    if terms.target_scope != TargetScope.SPECIFIC_USERS and people:
        raise InvalidInput(fields={"users": "must be empty for this choice of who may ask"})


def _check_somebody_is_named(terms: Terms) -> None:
    if terms.target_scope == TargetScope.SPECIFIC_ORGANIZATIONS and not terms.organization_ids:
        raise InvalidInput(fields={"organizations": "must name at least one connected organization"})
    if terms.target_scope == TargetScope.SPECIFIC_USERS and not (terms.user_ids or terms.group_ids):
        raise InvalidInput(fields={"users": "must name at least one user or group"})


def _check_break_glass(terms: Terms) -> None:
    if terms.target_scope not in ORGANIZATION_SCOPES:
        raise InvalidInput(fields={"target_scope": "must be connected organizations in an emergency package"})
    model = break_glass_terms(terms.display_name, terms.target_scope)
    if terms.stages != model.stages:
        raise InvalidInput(
            fields={"stages": "must be one stage, decided by a colleague, in an emergency package"}
        )
    if terms.expiration != model.expiration:
        raise InvalidInput(fields={"expiration": "must be one hour in an emergency package"})
    if terms.allows_extension or terms.allows_custom_duration or terms.review or terms.questions:
        raise InvalidInput(
            fields={"expiration": "must be one hour without more to it in an emergency package"}
        )


def _check_stages(terms: Terms) -> None:
    if len(terms.stages) > MOST_STAGES:
        raise InvalidInput(fields={"stages": "must be at most three"})
    if terms.stages and terms.target_scope == TargetScope.NOT_SPECIFIED:
        raise InvalidInput(fields={"stages": "must be none where only administrators assign"})
    for number, stage in enumerate(terms.stages, 1):
        _check_stage(stage, f"stage_{number}", terms.target_scope)


def _check_stage(stage: StageRule, name: str, scope: TargetScope) -> None:
    alternates = [one for one in stage.approvers if one.is_alternate]
    if len(alternates) == len(stage.approvers):
        raise InvalidInput(fields={f"{name}_approvers": "must name at least one approver"})
    _check_approvers(stage.approvers, f"{name}_approvers", scope)
    if not SHORTEST_TIME <= stage.time_limit <= LONGEST_TIME_LIMIT:
        raise InvalidInput(fields={f"{name}_time_limit": "must be from one hour to 30 days"})
    if not alternates and stage.escalate_after is not None:
        raise InvalidInput(
            fields={f"{name}_alternates": "must name somebody for the request to be forwarded to"}
        )
    if alternates and stage.escalate_after is None:
        raise InvalidInput(
            fields={f"{name}_escalate_after": "must say after how many days alternates may decide"}
        )
    if stage.escalate_after is not None:
        _check_escalation(stage, name, stage.escalate_after)


def _check_escalation(stage: StageRule, name: str, escalate_after: timedelta) -> None:
    if escalate_after < EARLIEST_ESCALATION:
        raise InvalidInput(fields={f"{name}_escalate_after": "must be at least one day"})
    if stage.time_limit < LEAST_TIME_WITH_ALTERNATES:
        raise InvalidInput(
            fields={f"{name}_time_limit": "must be at least four days when there are alternates"}
        )
    if escalate_after >= stage.time_limit:
        raise InvalidInput(fields={f"{name}_escalate_after": "must be before the time limit of the stage"})


def _check_approvers(approvers: Iterable[Approver], field: str, scope: TargetScope) -> None:
    found = list(approvers)
    if len(found) > MOST_APPROVERS:
        raise InvalidInput(fields={field: "must be at most fifty"})
    if len({(one.kind, one.id) for one in found}) != len(found):
        raise InvalidInput(fields={field: "must name nobody twice"})
    for one in found:
        if (one.kind in _NAMED) != (one.id is not None):
            raise InvalidInput(fields={field: "must name each user or group"})
        if one.kind == ApproverKind.COLLEAGUE:
            raise InvalidInput(fields={field: "may be a colleague only in an emergency package"})
        if one.kind in _SPONSORS and scope not in ORGANIZATION_SCOPES:
            raise InvalidInput(fields={field: "may be sponsors only where connected organizations ask"})
        if one.kind == ApproverKind.MANAGER and scope in ORGANIZATION_SCOPES:
            raise InvalidInput(fields={field: "may be the manager only where people of this directory ask"})


def _check_questions(questions: tuple[Question, ...]) -> None:
    if len(questions) > MOST_QUESTIONS:
        raise InvalidInput(fields={"questions": "must be at most twenty"})
    if len({question.id for question in questions}) != len(questions):
        raise InvalidInput(fields={"questions": "must each have an id of their own"})
    for number, question in enumerate(questions, 1):
        name = f"question_{number}"
        clean_line(question.text, f"{name}_text", longest=LONGEST_QUESTION)
        if question.choices:
            _check_choices(question, f"{name}_choices")


def _check_choices(question: Question, field: str) -> None:
    if question.is_long:
        raise InvalidInput(fields={field: "must be empty where people write"})
    if not 2 <= len(question.choices) <= MOST_CHOICES:
        raise InvalidInput(fields={field: "must be from two to twenty"})
    if len(set(question.choices)) != len(question.choices):
        raise InvalidInput(fields={field: "must differ from each other"})
    for choice in question.choices:
        clean_line(choice, field, longest=LONGEST_CHOICE)


def _check_expiration(rule: ExpirationRule) -> None:
    if rule.type == ExpirationType.NO_EXPIRATION:
        clean_line(rule.reason, "reason", longest=LONGEST_REASON)
    elif rule.type == ExpirationType.AFTER_DATE_TIME:
        _check_end(rule)
    else:
        _check_duration(rule.duration or _NO_DAYS)


def _check_end(rule: ExpirationRule) -> None:
    now = clock.now()
    if rule.ends_at is None or rule.ends_at <= now:
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    if rule.ends_at > now + longest_access():
        raise InvalidInput(fields={"ends_at": "must be no further off than the operator's longest access"})


def _check_duration(duration: timedelta) -> None:
    if duration < SHORTEST_TIME:
        # Microsoft takes 0 days; here they are taken with hours only, for access that ends at once is none.
        raise InvalidInput(fields={"days": "must be one hour at least; 0 days are taken with hours"})
    if duration > longest_access():
        raise InvalidInput(fields={"days": "must be no more than the operator's longest access"})


def _check_review(rule: ReviewRule) -> None:
    if rule.every_months not in MONTHS:
        raise InvalidInput(fields={"review_every": "must be 1, 3, 6 or 12 months"})
    # The shortest month has 28 days: one round is over before the next begins.
    if not timedelta(days=1) <= rule.duration < timedelta(days=28) * rule.every_months:
        raise InvalidInput(
            fields={"review_days": "must be at least a day, and end before the next review begins"}
        )
    if len(rule.reviewers) > MOST_APPROVERS:
        raise InvalidInput(fields={"reviewers": "must be at most fifty"})
    for one in rule.reviewers:
        if one.kind not in _NAMED or one.id is None:
            raise InvalidInput(fields={"reviewers": "must be users or groups"})
