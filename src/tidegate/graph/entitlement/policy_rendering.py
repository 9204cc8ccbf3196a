"""Assignment policies as Graph shows them (Microsoft, "accessPackageAssignmentPolicy resource type")."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from tidegate.authorization.scope import Scope
from tidegate.core.durations import write_duration
from tidegate.directory.naming import group_names_of, names_of
from tidegate.entitlements.listing import targets_of
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy, PolicyTarget
from tidegate.entitlements.rules import Approver, ExpirationRule, Question, ReviewRule, StageRule
from tidegate.entitlements.words import ApproverKind, TargetScope
from tidegate.graph.objects import Document, Render
from tidegate.incidents.document import format_time
from tidegate.odata.query import Query

type Names = Mapping[uuid.UUID, str]


def policy_renderer(scope: Scope) -> Render[AssignmentPolicy]:
    """Policies, with names of whom they name: three statements, however many."""

    def render(policies: Sequence[AssignmentPolicy], query: Query) -> list[Document]:
        targets = list(targets_of(scope, policies))
        names = _names_in(scope, policies)
        documents = []
        for policy in policies:
            own = [target for target in targets if target.policy_id == policy.id]
            document = render_policy(policy, own, names)
            if query.expansion("accessPackage"):
                document["accessPackage"] = _render_package(policy.package)
            if query.expansion("catalog"):
                document["catalog"] = _render_catalog(policy.package)
            documents.append(document)
        return [*documents]

    return render


def render_policy(
    policy: AssignmentPolicy, targets: Iterable[PolicyTarget], names: Names
) -> dict[str, object]:
    """One policy by itself."""
    return {
        "id": str(policy.id),
        "displayName": policy.display_name,
        "description": policy.description,
        "allowedTargetScope": policy.target_scope,
        "automaticRequestSettings": None,
        "createdDateTime": format_time(policy.created_at),
        "modifiedDateTime": None,
        "specificAllowedTargets": [_render_target(target) for target in targets],
        "expiration": render_expiration(policy.expiration),
        "requestorSettings": render_requestor_settings(policy),
        "requestApprovalSettings": _render_approval(policy, names),
        "reviewSettings": _render_review(policy.review, names),
        "questions": [render_question(each, place) for place, each in enumerate(policy.questions)],
    }


def render_expiration(rule: ExpirationRule) -> Document:
    """When access ends under a rule (Graph's expirationPattern)."""
    return {
        "type": rule.type.value,
        "endDateTime": format_time(rule.ends_at),
        "duration": write_duration(rule.duration) if rule.duration is not None else None,
    }


def render_requestor_settings(policy: AssignmentPolicy) -> Document:
    """What people may do for themselves; under a policy that is switched off they ask for nothing."""
    asks = policy.accepts_requests and policy.target_scope != TargetScope.NOT_SPECIFIED
    return {
        "enableTargetsToSelfAddAccess": asks,
        "enableTargetsToSelfUpdateAccess": policy.allows_extension,
        "enableTargetsToSelfRemoveAccess": True,
        "allowCustomAssignmentSchedule": policy.allows_custom_duration,
        "enableOnBehalfRequestorsToAddAccess": False,
        "enableOnBehalfRequestorsToUpdateAccess": False,
        "enableOnBehalfRequestorsToRemoveAccess": False,
        "onBehalfRequestors": [],
    }


def render_question(question: Question, place: int) -> Document:
    """Something a requestor is asked."""
    shared = {
        "id": question.id,
        "isAnswerEditable": False,
        "isRequired": question.is_required,
        "localizations": [],
        "sequence": place,
        "text": question.text,
    }
    if question.choices:
        choices = [{"actualValue": each, "localizations": [], "text": each} for each in question.choices]
        return {
            "@odata.type": "#microsoft.graph.accessPackageMultipleChoiceQuestion",
            **shared,
            "choices": choices,
            "isMultipleSelectionAllowed": False,
        }
    return {
        "@odata.type": "#microsoft.graph.accessPackageTextInputQuestion",
        **shared,
        "isSingleLineQuestion": not question.is_long,
        "regexPattern": None,
    }


def _render_approval(policy: AssignmentPolicy, names: Names) -> Document:
    stages = policy.stages
    return {
        "isApprovalRequiredForAdd": bool(stages),
        "isApprovalRequiredForUpdate": policy.extension_needs_approval,
        "isRequestorJustificationRequired": policy.is_justification_required,
        "stages": [_render_stage(stage, names) for stage in stages],
    }


def _render_stage(stage: StageRule, names: Names) -> Document:
    alternates = [one for one in stage.approvers if one.is_alternate]
    primaries = [one for one in stage.approvers if not one.is_alternate]
    return {
        "approverInformationVisibility": "default",
        "durationBeforeAutomaticDenial": write_duration(stage.time_limit),
        "isApproverJustificationRequired": stage.is_justification_required,
        "isEscalationEnabled": bool(alternates),
        "durationBeforeEscalation": write_duration(stage.escalate_after or timedelta(0)),
        "primaryApprovers": render_approvers(primaries, names),
        "fallbackPrimaryApprovers": [],
        "escalationApprovers": render_approvers(alternates, names),
        "fallbackEscalationApprovers": [],
    }


def render_approvers(approvers: Iterable[Approver], names: Names) -> list[Document]:
    """Who decides, as subject sets; Graph has no word for a colleague who confirms an emergency."""
    return [
        _render_approver(approver, names) for approver in approvers if approver.kind != ApproverKind.COLLEAGUE
    ]


def _render_approver(approver: Approver, names: Names) -> Document:
    kind = {"@odata.type": f"#microsoft.graph.{approver.kind.value}"}
    description = names.get(approver.id) if approver.id else None
    if approver.kind == ApproverKind.USER:
        return {**kind, "userId": str(approver.id), "description": description}
    if approver.kind == ApproverKind.GROUP:
        return {**kind, "groupId": str(approver.id), "description": description}
    return {**kind, "managerLevel": 1} if approver.kind == ApproverKind.MANAGER else kind


def _render_review(review: ReviewRule | None, names: Names) -> Document | None:
    if review is None:
        return None
    return {
        "isEnabled": True,
        "expirationBehavior": review.without_answer.value,
        "isRecommendationEnabled": review.shows_recommendation,
        "isReviewerJustificationRequired": review.is_justification_required,
        "isSelfReview": review.is_self_review,
        "schedule": _render_review_schedule(review),
        "primaryReviewers": render_approvers(review.reviewers, names),
        "fallbackReviewers": [],
    }


def _render_review_schedule(review: ReviewRule) -> Document:
    pattern = {
        "type": "absoluteMonthly",
        "interval": review.every_months,
        "month": 0,
        "dayOfMonth": 0,
        "daysOfWeek": [],
        "firstDayOfWeek": "sunday",
        "index": "first",
    }
    start = {"startDate": review.starts_at.date().isoformat(), "recurrenceTimeZone": "UTC"}
    return {
        "startDateTime": format_time(review.starts_at),
        "expiration": {
            "type": "afterDuration",
            "duration": write_duration(review.duration),
            "endDateTime": None,
        },
        "recurrence": {
            "pattern": pattern,
            "range": {"type": "noEnd", "numberOfOccurrences": 0, "endDate": None, **start},
        },
    }


def _render_target(target: PolicyTarget) -> Document:
    if target.organization:
        return {
            "@odata.type": "#microsoft.graph.connectedOrganizationMembers",
            "connectedOrganizationId": str(target.organization_id),
            "description": target.organization.display_name,
        }
    if target.group:
        return {
            "@odata.type": "#microsoft.graph.groupMembers",
            "groupId": str(target.group_id),
            "description": target.group.display_name,
        }
    return {
        "@odata.type": "#microsoft.graph.singleUser",
        "userId": str(target.user_id),
        "description": target.user.display_name if target.user else None,
    }


def _render_package(package: AccessPackage) -> Document:
    return {"id": str(package.id), "displayName": package.display_name, "description": package.description}


def _render_catalog(package: AccessPackage) -> Document:
    catalog = package.catalog
    return {"id": str(catalog.id), "displayName": catalog.display_name, "description": catalog.description}


def _names_in(scope: Scope, policies: Iterable[AssignmentPolicy]) -> Names:
    approvers = [one for policy in policies for stage in policy.stages for one in stage.approvers]
    approvers += [one for policy in policies if policy.review for one in policy.review.reviewers]
    users = [one.id for one in approvers if one.kind == ApproverKind.USER]
    groups = [one.id for one in approvers if one.kind == ApproverKind.GROUP]
    return {**names_of(scope, users), **group_names_of(scope, groups)}
