"""Between the form of a policy and its terms: what was typed becomes values, and values fill the form."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.models import User
from tidegate.directory.people import find_user
from tidegate.directory.queries import list_groups
from tidegate.entitlements.models import AssignmentPolicy, PolicyTarget
from tidegate.entitlements.organizations import list_organizations
from tidegate.entitlements.rules import Approver, ExpirationRule, Question, ReviewRule, StageRule
from tidegate.entitlements.terms import Terms, break_glass_terms
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope, WithoutAnswer
from tidegate.web.forms.policies import Initial, Offered, PolicyForms, read_length

_DAY: Final = timedelta(days=1)
_NEW_STAGE: Final = {"limit_days": 14, "is_justification_required": True}
NEW: Final = Initial(
    policy={
        "target_scope": TargetScope.SPECIFIC_ORGANIZATIONS.value,
        "is_justification_required": True,
        "expiration": ExpirationType.AFTER_DURATION.value,
        "days": 365,
        "allows_custom_duration": True,
        "allows_extension": True,
        "extension_needs_approval": True,
        "review_every": 12,
        "review_days": 25,
        "without_answer": WithoutAnswer.RECOMMENDATION.value,
    },
    stages=[_NEW_STAGE],
    questions=[],
)
"""What the form of a new policy begins with."""


def offered_to(scope: Scope) -> Offered:
    """The organizations and groups that a policy may name."""
    return Offered(
        [(str(one.id), one.display_name) for one in list_organizations(scope)],
        [(str(one.id), one.display_name) for one in list_groups(scope)],
    )


def read_terms(scope: Scope, forms: PolicyForms, *, is_break_glass: bool) -> Terms:
    """The terms that a valid form says. Raises InvalidInput naming who is no user of the tenant."""
    values = forms.policy.cleaned_data
    target, organizations = TargetScope(values["target_scope"]), tuple(values["organizations"])
    if is_break_glass:
        terms = break_glass_terms(values["display_name"], target, organizations)
        return replace(terms, description=values["description"])
    return Terms(
        display_name=values["display_name"],
        description=values["description"],
        target_scope=target,
        organization_ids=organizations,
        user_ids=tuple(find_people(scope, values["users"], "users")),
        group_ids=tuple(values["groups"]),
        stages=tuple(_read_stage(scope, form.cleaned_data, i) for i, form in enumerate(forms.stages, 1)),
        questions=tuple(_read_question(form.cleaned_data) for form in forms.questions),
        expiration=_read_expiration(values),
        review=_read_review(scope, values) if values["is_reviewed"] else None,
        is_justification_required=values["is_justification_required"],
        allows_custom_duration=values["allows_custom_duration"],
        allows_extension=values["allows_extension"],
        extension_needs_approval=values["extension_needs_approval"],
    )


def initial_of(scope: Scope, policy: AssignmentPolicy, targets: Iterable[PolicyTarget]) -> Initial:
    """What the form of a policy that is there begins with."""
    chosen, name_of = list(targets), _namer(scope)
    values: dict[str, Any] = {
        "display_name": policy.display_name,
        "description": policy.description,
        "target_scope": policy.target_scope,
        "organizations": [str(one.organization_id) for one in chosen if one.organization_id],
        "users": "\n".join(name_of(one.user_id) for one in chosen if one.user_id),
        "groups": [str(one.group_id) for one in chosen if one.group_id],
        "is_justification_required": policy.is_justification_required,
        "allows_custom_duration": policy.allows_custom_duration,
        "allows_extension": policy.allows_extension,
        "extension_needs_approval": policy.extension_needs_approval,
    }
    return Initial(
        policy={**values, **_write_expiration(policy.expiration), **_write_review(policy.review, name_of)},
        stages=[_write_stage(stage, name_of) for stage in policy.stages],
        questions=[_write_question(question) for question in policy.questions],
    )


def find_people(scope: Scope, names: Iterable[str], field: str) -> Iterator[uuid.UUID]:
    """The ids of users by name or address. Raises InvalidInput, saying who is no user of the tenant."""
    for name in names:
        try:
            yield find_user(scope, name).id
        except InvalidInput:
            reason = _("must be users of this directory; %(name)s is none") % {"name": name}
            raise InvalidInput(fields={field: reason}) from None


def _approvers(
    scope: Scope, users: Iterable[str], groups: Iterable[uuid.UUID], field: str, *, is_alternate: bool = False
) -> list[Approver]:
    found = [Approver(ApproverKind.USER, one, is_alternate) for one in find_people(scope, users, field)]
    return found + [Approver(ApproverKind.GROUP, one, is_alternate) for one in groups]


def _read_stage(scope: Scope, values: Mapping[str, Any], number: int) -> StageRule:
    name = f"stage_{number}"
    approvers = _approvers(scope, values["users"], values["groups"], f"{name}_approvers")
    approvers += [Approver(ApproverKind(kind)) for kind in values["kinds"]]
    approvers += _approvers(
        scope, values["alternates"], values["alternate_groups"], f"{name}_alternates", is_alternate=True
    )
    days = values["escalate_days"]
    return StageRule(
        approvers=tuple(approvers),
        time_limit=read_length(values, "limit_days", "limit_hours"),
        escalate_after=timedelta(days=days) if days else None,
        is_justification_required=values["is_justification_required"],
    )


def _read_question(values: Mapping[str, Any]) -> Question:
    is_choice = values["kind"] == "choice"
    lines = [line.strip() for line in values["choices"].splitlines() if line.strip()] if is_choice else []
    return Question(
        id=values["question_id"] or uuid.uuid4().hex,
        text=values["text"].strip(),
        is_required=values["is_required"],
        is_long=values["kind"] == "long",
        # A choice of nothing is refused as such, not taken for a line to write.
        choices=tuple(lines) or (("",) if is_choice else ()),
    )


def _read_expiration(values: Mapping[str, Any]) -> ExpirationRule:
    kind = ExpirationType(values["expiration"])
    if kind == ExpirationType.NO_EXPIRATION:
        return ExpirationRule(kind, reason=values["reason"].strip())
    if kind == ExpirationType.AFTER_DATE_TIME:
        return ExpirationRule(kind, ends_at=values["ends_at"])
    return ExpirationRule(kind, duration=read_length(values, "days", "hours"))


def _read_review(scope: Scope, values: Mapping[str, Any]) -> ReviewRule:
    months = values["review_every"] or 12
    return ReviewRule(
        starts_at=values["review_starts_at"] or clock.now() + months * 28 * _DAY,
        every_months=months,
        duration=(values["review_days"] or 25) * _DAY,
        reviewers=tuple(_approvers(scope, values["reviewers"], values["reviewer_groups"], "reviewers")),
        without_answer=WithoutAnswer(values["without_answer"] or WithoutAnswer.RECOMMENDATION),
    )


def _namer(scope: Scope) -> Callable[[uuid.UUID | None], str]:
    """Names of users by id, read once; those who are gone have none and drop out of the form."""
    names: dict[uuid.UUID, str] = {}

    def name_of(user_id: uuid.UUID | None) -> str:
        if user_id is not None and user_id not in names:
            users = User.objects.in_scope(scope).present().filter(id=user_id)
            names[user_id] = users.values_list("user_principal_name", flat=True).first() or ""
        return names[user_id] if user_id else ""

    return name_of


def _write_expiration(rule: ExpirationRule) -> dict[str, Any]:
    days, rest = divmod(rule.duration, _DAY) if rule.duration else (None, None)
    hours = rest // timedelta(hours=1) if rest else None
    values = {"expiration": rule.type.value, "days": days, "hours": hours}
    return {**values, "ends_at": rule.ends_at, "reason": rule.reason}


def _write_review(rule: ReviewRule | None, name_of: Callable[[uuid.UUID | None], str]) -> dict[str, Any]:
    if rule is None:
        return {"is_reviewed": False, "review_every": 12, "review_days": 25}
    return {
        "is_reviewed": True,
        "review_every": rule.every_months,
        "review_starts_at": rule.starts_at,
        "review_days": rule.duration.days,
        "reviewers": _users(rule.reviewers, name_of),
        "reviewer_groups": _groups(rule.reviewers),
        "without_answer": rule.without_answer.value,
    }


def _write_stage(stage: StageRule, name_of: Callable[[uuid.UUID | None], str]) -> dict[str, Any]:
    primary = [one for one in stage.approvers if not one.is_alternate]
    alternates = [one for one in stage.approvers if one.is_alternate]
    days, rest = divmod(stage.time_limit, _DAY)
    return {
        "users": _users(primary, name_of),
        "groups": _groups(primary),
        "kinds": [one.kind.value for one in primary if one.id is None],
        "limit_days": days,
        "limit_hours": rest // timedelta(hours=1) or None,
        "is_justification_required": stage.is_justification_required,
        "alternates": _users(alternates, name_of),
        "alternate_groups": _groups(alternates),
        "escalate_days": stage.escalate_after.days if stage.escalate_after else None,
    }


def _write_question(question: Question) -> dict[str, Any]:
    kind = "choice" if question.choices else "long" if question.is_long else "short"
    return {
        "question_id": question.id,
        "text": question.text,
        "kind": kind,
        "choices": "\n".join(question.choices),
        "is_required": question.is_required,
    }


def _users(approvers: Iterable[Approver], name_of: Callable[[uuid.UUID | None], str]) -> str:
    names = [name_of(one.id) for one in approvers if one.kind == ApproverKind.USER]
    return "\n".join(name for name in names if name)


def _groups(approvers: Iterable[Approver]) -> list[str]:
    return [str(one.id) for one in approvers if one.kind == ApproverKind.GROUP]
