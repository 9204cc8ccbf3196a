"""The stages of an approval: begun one after the other, each with its own time."""

from collections.abc import Sequence

from django.db.models import Q

from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.entitlements.actions.telling import tell_deciders
from tidegate.entitlements.models import AssignmentRequest, RequestStage, StageApprover
from tidegate.entitlements.rules import Approver, StageRule
from tidegate.entitlements.words import ApproverKind, StageState


def begin_stages(request: AssignmentRequest, rules: Sequence[StageRule]) -> None:
    """Copy a policy's stages to a request and begin the first; later changes of the policy pass it by."""
    for position, rule in enumerate(rules, start=1):
        stage = RequestStage.rows.create(
            tenant_id=request.tenant_id,
            request_id=request.id,
            position=position,
            time_limit=rule.time_limit,
            escalate_after=rule.escalate_after,
            is_justification_required=rule.is_justification_required,
        )
        for approver in rule.approvers:
            _name_approver(request, stage, approver)
        # With its approvers known: they are told.
        if position == 1:
            begin_stage(request, stage)


def begin_stage(request: AssignmentRequest, stage: RequestStage) -> None:
    """Start a stage's clock."""
    now = clock.now()
    stage.state, stage.began_at = StageState.IN_PROGRESS, now
    stage.expires_at = now + stage.time_limit
    stage.escalates_at = now + stage.escalate_after if stage.escalate_after is not None else None
    stage.save(update_fields=["state", "began_at", "expires_at", "escalates_at"])
    tell_deciders(request, stage)


def close_stages(request: AssignmentRequest) -> None:
    """Nobody is asked any more: the request was taken back or has lost its ground."""
    stages = RequestStage.objects.of_tenant(request.tenant_id).filter(
        request_id=request.id, state=StageState.IN_PROGRESS
    )
    stages.update(state=StageState.NOT_STARTED)


def _name_approver(request: AssignmentRequest, stage: RequestStage, approver: Approver) -> None:
    user_id = approver.id if approver.kind == ApproverKind.USER else None
    if approver.kind == ApproverKind.MANAGER:
        requestors = User.objects.of_tenant(request.tenant_id).filter(Q(id=request.user_id))
        user_id = requestors.values_list("manager_id", flat=True).first()
    StageApprover.rows.create(
        tenant_id=request.tenant_id,
        stage_id=stage.id,
        kind=approver.kind,
        is_alternate=approver.is_alternate,
        user_id=user_id,
        group_id=approver.id if approver.kind == ApproverKind.GROUP else None,
    )
