"""A policy as a program writes it, read into the product's terms.

Everything that Graph has and the product has not is refused by name: a policy must never seem to keep a rule
that nobody keeps. What is left out is as the product has it by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tidegate.core.durations import read_duration
from tidegate.core.errors import InvalidInput
from tidegate.directory.lifetimes import longest_access
from tidegate.entitlements.rules import Approver, ExpirationRule, StageRule
from tidegate.entitlements.terms import Terms
from tidegate.entitlements.words import ExpirationType, TargetScope
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.question_reading import read_questions
from tidegate.graph.entitlement.review_reading import read_review
from tidegate.graph.entitlement.subject_sets import read_approvers, read_subject

USUAL_LIFETIME: Final = timedelta(days=365)
_MEMBERS: Final = frozenset(
    {
        "id", "displayName", "description", "accessPackage", "accessPackageId", "allowedTargetScope",
        "specificAllowedTargets", "expiration", "requestorSettings", "requestApprovalSettings",
        "reviewSettings", "questions", "automaticRequestSettings", "customExtensionStageSettings",
        "notificationSettings", "createdDateTime", "modifiedDateTime", "catalog",
    }
)  # fmt: skip
_OTHER_SCOPES: Final = frozenset(
    {
        "allexternalusers", "specificdirectoryserviceprincipals", "alldirectoryserviceprincipals",
        "alldirectoryagentidentities",
    }
)  # fmt: skip
_NOT_KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "requestorSettings": (
        "enableOnBehalfRequestorsToAddAccess",
        "enableOnBehalfRequestorsToUpdateAccess",
        "enableOnBehalfRequestorsToRemoveAccess",
    ),
    "automaticRequestSettings": ("requestAccessForAllowedTargets",),
    "notificationSettings": ("isAssignmentNotificationDisabled",),
}


def read_terms(body: Body) -> Terms:
    """The terms that a policy's body says. Raises InvalidInput naming the member."""
    body.check_members(_MEMBERS)
    _refuse_what_is_not_kept(body)
    scope = _read_scope(body)
    approval = body.inner("requestApprovalSettings")
    may = body.inner("requestorSettings")
    terms = Terms(
        display_name=body.text("displayName"),
        description=body.text("description"),
        target_scope=scope,
        expiration=_read_expiration(body),
        stages=_read_stages(approval),
        questions=read_questions(body),
        review=read_review(body.inner("reviewSettings")),
        is_justification_required=approval.flag("isRequestorJustificationRequired", default=True),
        allows_custom_duration=may.flag("allowCustomAssignmentSchedule", default=True),
        allows_extension=may.flag("enableTargetsToSelfUpdateAccess", default=True),
        extension_needs_approval=approval.flag("isApprovalRequiredForUpdate", default=True),
        accepts_requests=may.flag("enableTargetsToSelfAddAccess", default=True),
        may_name_nobody=True,
    )
    return _with_targets(terms, body)


def _refuse_what_is_not_kept(body: Body) -> None:
    for settings, flags in _NOT_KEPT.items():
        for flag in flags:
            if body.inner(settings).flag(flag, default=False):
                raise InvalidInput(fields={f"{settings}/{flag}": "is not supported"})
    if not body.inner("requestorSettings").flag("enableTargetsToSelfRemoveAccess", default=True):
        reason = "must be true: whoever holds access may always give it up"
        raise InvalidInput(fields={"requestorSettings/enableTargetsToSelfRemoveAccess": reason})
    if body.inner("requestorSettings").many("onBehalfRequestors"):
        raise InvalidInput(fields={"requestorSettings/onBehalfRequestors": "is not supported"})
    if body.many("customExtensionStageSettings"):
        raise InvalidInput(fields={"customExtensionStageSettings": "is not supported"})


def _read_scope(body: Body) -> TargetScope:
    word = body.text("allowedTargetScope", TargetScope.NOT_SPECIFIED)
    if word.lower() in _OTHER_SCOPES:
        raise InvalidInput(fields={"allowedTargetScope": f"{word} is not supported"})
    found = next((scope for scope in TargetScope if scope.value.lower() == word.lower()), None)
    if found is None:
        known = ", ".join(TargetScope.values)
        raise InvalidInput(fields={"allowedTargetScope": f"must be one of: {known}"})
    return found


def _with_targets(terms: Terms, body: Body) -> Terms:
    """Which kinds of targets go with which scope is for the product's own rules to say."""
    subjects = [read_subject(each) for each in body.many("specificAllowedTargets")]
    named: dict[str, tuple[object, ...]] = {"organization_ids": (), "user_ids": (), "group_ids": ()}
    for subject in subjects:
        if subject.kind not in _COLUMN_OF:
            reason = "must be singleUser, groupMembers or connectedOrganizationMembers"
            raise InvalidInput(fields={f"{subject.path}/@odata.type": reason})
        named[_COLUMN_OF[subject.kind]] += (subject.id,)
    return replace(terms, **named)  # type: ignore[arg-type]  # ids, by the names of Terms


_COLUMN_OF: Final[Mapping[str, str]] = {
    "connectedOrganizationMembers": "organization_ids",
    "singleUser": "user_ids",
    "groupMembers": "group_ids",
}


def _read_stages(approval: Body) -> tuple[StageRule, ...]:
    stages = tuple(_read_stage(stage) for stage in approval.many("stages"))
    is_required = approval.flag("isApprovalRequiredForAdd", default=bool(stages))
    if is_required and not stages:
        raise InvalidInput(fields={approval.name("stages"): "must hold a stage when approval is required"})
    return stages if is_required else ()


def _read_stage(stage: Body) -> StageRule:
    for member in ("fallbackPrimaryApprovers", "fallbackEscalationApprovers"):
        if stage.many(member):
            reason = "is not supported: name them among the approvers, any one of whom decides"
            raise InvalidInput(fields={stage.name(member): reason})
    if stage.text("approverInformationVisibility", "default").lower() not in {"default", "visible"}:
        raise InvalidInput(fields={stage.name("approverInformationVisibility"): "must be default or visible"})
    alternates: tuple[Approver, ...] = ()
    escalates = stage.flag("isEscalationEnabled", default=False)
    if escalates:
        found = read_approvers(stage, "escalationApprovers")
        alternates = tuple(replace(one, is_alternate=True) for one in found)
    rule = StageRule(
        approvers=(*read_approvers(stage, "primaryApprovers"), *alternates),
        escalate_after=stage.duration("durationBeforeEscalation") if escalates else None,
        is_justification_required=stage.flag("isApproverJustificationRequired", default=True),
    )
    limit = stage.duration("durationBeforeAutomaticDenial")
    return replace(rule, time_limit=limit) if limit is not None else rule


def _read_expiration(body: Body) -> ExpirationRule:
    """Without one, access ends after a year, or as soon as the operator says."""
    pattern = body.inner("expiration")
    word = pattern.text("type", "notSpecified").lower()
    if word not in _EXPIRATIONS:
        known = "noExpiration, afterDateTime, afterDuration or notSpecified"
        raise InvalidInput(fields={pattern.name("type"): f"must be {known}"})
    return _EXPIRATIONS[word](body, pattern)


def _end_by_itself(_body: Body, _pattern: Body) -> ExpirationRule:
    return ExpirationRule(ExpirationType.AFTER_DURATION, min(USUAL_LIFETIME, longest_access()))


def _end_never(body: Body, pattern: Body) -> ExpirationRule:
    """There is no end only for a reason in words; in Graph the one place for words is the description."""
    reason = body.text("description").strip()
    if not reason:
        why = "noExpiration needs a description of the policy that says why its access has no end"
        raise InvalidInput(fields={pattern.name("type"): why})
    return ExpirationRule(ExpirationType.NO_EXPIRATION, reason=reason[:1000])


def _end_at_moment(_body: Body, pattern: Body) -> ExpirationRule:
    ends_at = pattern.moment("endDateTime")
    if ends_at is None:
        raise InvalidInput(fields={pattern.name("endDateTime"): "is needed with afterDateTime"})
    return ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=ends_at)


def _end_after_time(_body: Body, pattern: Body) -> ExpirationRule:
    name = pattern.name("duration")
    return ExpirationRule(ExpirationType.AFTER_DURATION, read_duration(pattern.members.get("duration"), name))


_EXPIRATIONS: Final[Mapping[str, Callable[[Body, Body], ExpirationRule]]] = {
    "notspecified": _end_by_itself,
    "noexpiration": _end_never,
    "afterdatetime": _end_at_moment,
    "afterduration": _end_after_time,
}
