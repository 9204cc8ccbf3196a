"""A policy in words: who may ask, who decides, how long it lasts."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.authorization.scope import Scope
from tidegate.directory.models import Group, User
from tidegate.entitlements.models import AssignmentPolicy, PolicyTarget
from tidegate.entitlements.rules import Approver, StageRule
from tidegate.entitlements.words import ApproverKind, TargetScope, WithoutAnswer
from tidegate.web.access_words import join_words
from tidegate.web.my_access import say_length
from tidegate.web.spans import say_span

TARGET_WORDS: Final = MappingProxyType[str, Promise](
    {
        TargetScope.SPECIFIC_ORGANIZATIONS.value: gettext_lazy(
            "People of the connected organizations chosen here"
        ),
        TargetScope.ALL_ORGANIZATIONS.value: gettext_lazy("People of all connected organizations"),
        TargetScope.SPECIFIC_USERS.value: gettext_lazy("The users and groups named here"),
        TargetScope.ALL_MEMBERS.value: gettext_lazy("All members of this directory"),
        TargetScope.ALL_DIRECTORY_USERS.value: gettext_lazy("All members and guests of this directory"),
        TargetScope.NOT_SPECIFIED.value: gettext_lazy("Nobody: administrators assign directly"),
    }
)
KIND_WORDS: Final = MappingProxyType[str, Promise](
    {
        ApproverKind.INTERNAL_SPONSORS.value: gettext_lazy("internal sponsors"),
        ApproverKind.EXTERNAL_SPONSORS.value: gettext_lazy("external sponsors"),
        ApproverKind.MANAGER.value: gettext_lazy("the manager of who asks"),
        ApproverKind.COLLEAGUE.value: gettext_lazy("a colleague of who asks"),
    }
)
WITHOUT_ANSWER_WORDS: Final = MappingProxyType[str, Promise](
    {
        WithoutAnswer.RECOMMENDATION.value: gettext_lazy("Follow the recommendation"),
        WithoutAnswer.REMOVE.value: gettext_lazy("Remove the access"),
        WithoutAnswer.KEEP.value: gettext_lazy("Keep the access"),
    }
)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy as its package's page shows it."""

    policy: AssignmentPolicy
    who: str
    stages: list[str]
    length: str
    reason: str
    extension: str
    review: str
    questions: int


def describe_policy(scope: Scope, policy: AssignmentPolicy, targets: Iterable[PolicyTarget]) -> PolicyRow:
    """One policy in words. A statement or two for the names of its approvers."""
    names = _names(scope, [one for stage in policy.stages for one in stage.approvers])
    named = [one for target in targets if (one := _target_name(target))]
    who = str(TARGET_WORDS[policy.target_scope])
    return PolicyRow(
        policy=policy,
        who=f"{who}: {join_words(named)}" if named else who,
        stages=[_say_stage(stage, names) for stage in policy.stages],
        length=say_length(policy.expiration),
        reason=policy.expiration.reason,
        extension=_say_extension(policy),
        review=_say_review(policy),
        questions=len(policy.questions_json),
    )


def _target_name(target: PolicyTarget) -> str:
    named = target.organization or target.user or target.group
    return named.display_name if named else ""


def _names(scope: Scope, approvers: list[Approver]) -> dict[uuid.UUID, str]:
    users = {one.id for one in approvers if one.kind == ApproverKind.USER and one.id}
    groups = {one.id for one in approvers if one.kind == ApproverKind.GROUP and one.id}
    names: dict[uuid.UUID, str] = {}
    if users:
        names.update(User.objects.in_scope(scope).filter(id__in=users).values_list("id", "display_name"))
    if groups:
        names.update(Group.objects.in_scope(scope).filter(id__in=groups).values_list("id", "display_name"))
    return names


def _say_stage(stage: StageRule, names: dict[uuid.UUID, str]) -> str:
    deciders = [_say_approver(one, names) for one in stage.approvers if not one.is_alternate]
    words = _("%(names)s, within %(time)s") % {
        "names": join_words(deciders),
        "time": say_span(stage.time_limit),
    }
    alternates = [_say_approver(one, names) for one in stage.approvers if one.is_alternate]
    if not alternates or stage.escalate_after is None:
        return words
    more = _("after %(time)s also %(names)s") % {
        "names": join_words(alternates),
        "time": say_span(stage.escalate_after),
    }
    return f"{words}; {more}"


def _say_approver(approver: Approver, names: dict[uuid.UUID, str]) -> str:
    if approver.id is None:
        return str(KIND_WORDS[approver.kind])
    return names.get(approver.id) or _("somebody who is gone")


def _say_extension(policy: AssignmentPolicy) -> str:
    if not policy.allows_extension:
        return _("Not extended")
    return _("Extended with approval") if policy.extension_needs_approval else _("Extended without approval")


def _say_review(policy: AssignmentPolicy) -> str:
    rule = policy.review
    if rule is None:
        return _("No review")
    words = {
        1: _("Reviewed every month"),
        3: _("Reviewed every quarter"),
        6: _("Reviewed twice a year"),
        12: _("Reviewed every year"),
    }
    return words.get(rule.every_months, _("Reviewed"))
