"""The parts of a policy: stages, questions, expiration, review."""

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.directory.queries import list_groups, list_users
from tidegate.entitlements.rules import Approver, ExpirationRule, Question, ReviewRule, StageRule
from tidegate.entitlements.words import ApproverKind, ExpirationType, WithoutAnswer
from tidegate.manifest.desk import get_named, plain
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.offers import (
    ApproverForm,
    ExpirationForm,
    QuestionForm,
    ReviewForm,
    StageForm,
)
from tidegate.manifest.times import read_duration, read_moment, write_duration, write_moment


def read_stage(scope: Scope, form: StageForm) -> StageRule:
    """An approval stage. Raises InvalidInput, NotFound."""
    escalate = form.escalate_after
    return StageRule(
        approvers=tuple(_read_approver(scope, one) for one in form.approvers),
        time_limit=read_duration(form.time_limit, "stages"),
        escalate_after=None if escalate is UNSET else read_duration(escalate, "stages"),
        is_justification_required=form.is_justification_required,
    )


def describe_stage(scope: Scope, rule: StageRule) -> StageForm:
    """Its form."""
    form = StageForm(
        approvers=_describe_approvers(scope, rule.approvers),
        time_limit=write_duration(rule.time_limit),
        is_justification_required=rule.is_justification_required,
    )
    if rule.escalate_after is not None:
        form.escalate_after = write_duration(rule.escalate_after)
    return form


def read_question(form: QuestionForm) -> Question:
    """What a requestor is asked."""
    choices = tuple(map(plain, form.choices))
    return Question(plain(form.id), plain(form.text), form.is_required, form.is_long, choices)


def describe_question(question: Question) -> QuestionForm:
    """Its form."""
    return QuestionForm(
        id=question.id,
        text=question.text,
        is_required=question.is_required,
        is_long=question.is_long,
        choices=list(question.choices),
    )


def read_expiration(form: ExpirationForm) -> ExpirationRule:
    """When access ends. Raises InvalidInput unless exactly one thing is said."""
    told = [one for one in (form.duration, form.ends_at, form.reason) if one is not UNSET]
    if len(told) != 1:
        raise InvalidInput(fields={"expiration": "must have one of duration, ends_at and reason"})
    if form.duration is not UNSET:
        return ExpirationRule(ExpirationType.AFTER_DURATION, read_duration(form.duration, "expiration"))
    if form.ends_at is not UNSET:
        ends_at = read_moment(form.ends_at, "expiration")
        return ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=ends_at)
    return ExpirationRule(ExpirationType.NO_EXPIRATION, reason=plain(str(form.reason)))


def describe_expiration(rule: ExpirationRule) -> ExpirationForm:
    """Its form."""
    if rule.duration is not None:
        return ExpirationForm(duration=write_duration(rule.duration))
    if rule.ends_at is not None:
        return ExpirationForm(ends_at=write_moment(rule.ends_at))
    return ExpirationForm(reason=rule.reason)


def read_review(scope: Scope, form: ReviewForm) -> ReviewRule:
    """How often it is asked whether access is still needed. Raises InvalidInput, NotFound."""
    return ReviewRule(
        starts_at=read_moment(form.starts_at, "review"),
        every_months=form.every_months,
        duration=read_duration(form.duration, "review"),
        reviewers=tuple(_read_approver(scope, one) for one in form.reviewers),
        without_answer=WithoutAnswer(form.without_answer),
        is_justification_required=form.is_justification_required,
        shows_recommendation=form.shows_recommendation,
    )


def describe_review(scope: Scope, rule: ReviewRule) -> ReviewForm:
    """Its form."""
    return ReviewForm(
        starts_at=write_moment(rule.starts_at),
        every_months=rule.every_months,
        duration=write_duration(rule.duration),
        reviewers=_describe_approvers(scope, rule.reviewers),
        without_answer=rule.without_answer.value,
        is_justification_required=rule.is_justification_required,
        shows_recommendation=rule.shows_recommendation,
    )


def still_here(scope: Scope, approvers: tuple[Approver, ...]) -> tuple[Approver, ...]:
    """Without users and groups that are no more: a policy keeps them, nobody decides as them."""
    ids = [one.id for one in approvers if one.id]
    users = set(list_users(scope).filter(id__in=ids).values_list("id", flat=True))
    groups = set(list_groups(scope).filter(id__in=ids).values_list("id", flat=True))
    return tuple(one for one in approvers if one.id is None or one.id in users | groups)


def _read_approver(scope: Scope, form: ApproverForm) -> Approver:
    if (form.kind is not UNSET) + (form.user is not UNSET) + (form.group is not UNSET) != 1:
        raise InvalidInput("an approver is a user, a group, or a kind of people")
    if form.user is not UNSET:
        user = get_named(list_users(scope), "user", form.user, "mail")
        return Approver(ApproverKind.USER, user.id, form.is_alternate)
    if form.group is not UNSET:
        group = get_named(list_groups(scope), "group", form.group)
        return Approver(ApproverKind.GROUP, group.id, form.is_alternate)
    return Approver(ApproverKind(str(form.kind)), is_alternate=form.is_alternate)


def _describe_approvers(scope: Scope, approvers: tuple[Approver, ...]) -> list[ApproverForm]:
    return [_describe_approver(scope, one) for one in still_here(scope, approvers)]


def _describe_approver(scope: Scope, approver: Approver) -> ApproverForm:
    form = ApproverForm(is_alternate=approver.is_alternate)
    if approver.kind == ApproverKind.USER:
        form.user = list_users(scope).get(pk=(scope.tenant_id, approver.id)).mail
    elif approver.kind == ApproverKind.GROUP:
        form.group = list_groups(scope).get(pk=(scope.tenant_id, approver.id)).display_name
    else:
        form.kind = approver.kind.value
    return form
