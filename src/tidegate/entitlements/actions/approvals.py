"""Decisions: one approver of a stage decides it; a denial or silence ends the request."""

import uuid
from datetime import timedelta
from typing import Final

from django.db import transaction

from tidegate.authorization.scope import SYSTEM, Actor
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.core.text import clean_block
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import note, request_target, system_scope
from tidegate.entitlements.actions.delivery import deliver
from tidegate.entitlements.actions.stages import begin_stage
from tidegate.entitlements.actions.telling import tell_requestor
from tidegate.entitlements.inbox import deciding_stages, open_stages
from tidegate.entitlements.models import AssignmentRequest, RequestStage
from tidegate.entitlements.notices import NoticeKind
from tidegate.entitlements.transitions import EXPIRED, move
from tidegate.entitlements.words import RequestState, StageState

LONGEST_JUSTIFICATION: Final = 2000


def decide(
    actor: Actor,
    tenant_id: uuid.UUID,
    request_id: uuid.UUID,
    *,
    approves: bool,
    justification: str = "",
    duration: timedelta | None = None,
    stage_id: uuid.UUID | None = None,
) -> AssignmentRequest:
    """Approve or deny the stage that a request stands at. The last approval delivers it.

    An approver may shorten the access by `duration`. With `stage_id` that stage is decided or none: the
    request may have moved on since it was looked at. Raises NotFound, the same for a request that is
    absent and one of others; Forbidden for one's own; Conflict when it was decided already;
    InvalidInput naming the field.
    """
    with transaction.atomic():
        _check_approver(actor, tenant_id, request_id)
        lock_directory(system_scope(tenant_id))
        stages = open_stages(actor, clock.now()).filter(tenant_id=tenant_id, request_id=request_id)
        stage = (stages.filter(id=stage_id) if stage_id else stages).first()
        if stage is None:
            raise _why_not(actor, tenant_id, request_id)
        request = AssignmentRequest.objects.of_tenant(tenant_id).select_related("package").get(id=request_id)
        words = clean_block(
            justification,
            "justification",
            longest=LONGEST_JUSTIFICATION,
            required=stage.is_justification_required,
        )
        if approves:
            _shorten(request, duration)
        _close(stage, StageState.APPROVED if approves else StageState.DENIED, actor, words)
        _note_decision(request, stage, actor)
        _go_on(request, stage, actor, words)
    return request


def deny_overdue(tenant_id: uuid.UUID, request_id: uuid.UUID) -> bool:
    """Deny a request whose stage nobody decided in time; whether there was one to deny."""
    with transaction.atomic():
        lock_directory(system_scope(tenant_id))
        stages = RequestStage.objects.of_tenant(tenant_id).filter(
            request_id=request_id, state=StageState.IN_PROGRESS, expires_at__lte=clock.now()
        )
        stage = stages.first()
        requests = AssignmentRequest.objects.of_tenant(tenant_id).select_related("package")
        request = requests.filter(id=request_id, state=RequestState.PENDING_APPROVAL).first()
        if stage is None or request is None:
            return False
        _close(stage, StageState.EXPIRED, SYSTEM, "")
        _end(request, SYSTEM, status=EXPIRED)
    return True


def _check_approver(actor: Actor, tenant_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Raise as `decide` says for whoever is no approver, before anything is locked."""
    stages = deciding_stages(actor, clock.now()).filter(tenant_id=tenant_id, request_id=request_id)
    if not stages.exists():
        raise NotFound("There is no such request.")
    if stages.filter(request__requestor_id=actor.account_id).exists():
        raise Forbidden("Nobody decides their own request.", permission="request.decide")


def _why_not(actor: Actor, tenant_id: uuid.UUID, request_id: uuid.UUID) -> Exception:
    """Why an approver can decide no stage of a request now."""
    stages = deciding_stages(actor, clock.now()).filter(tenant_id=tenant_id, request_id=request_id)
    decided = stages.filter(decided_at__isnull=False).order_by("-position").first()
    if decided is None:
        return Conflict("This request is not waiting for your decision now.")
    if decided.state == StageState.EXPIRED or not decided.decided_by_name:
        return Conflict("The time to decide this request has passed.")
    message = f"This request was decided already, by {decided.decided_by_name}."
    return Conflict(message)


def _shorten(request: AssignmentRequest, duration: timedelta | None) -> None:
    if duration is None:
        return
    if request.asked_duration is not None and duration > request.asked_duration:
        raise InvalidInput(fields={"duration": "must be no longer than was asked for"})
    request.expiration.end_of(request.asked_starts_at or clock.now(), duration)
    request.asked_duration = duration
    request.save(update_fields=["asked_duration"])


def _close(stage: RequestStage, state: StageState, actor: Actor, words: str) -> None:
    stage.state, stage.decided_at, stage.justification = state, clock.now(), words
    if state != StageState.EXPIRED:
        stage.decided_by_account_id = actor.account_id
        stage.decided_by_name = actor.display_name[:256]
    stage.save(
        update_fields=["state", "decided_at", "decided_by_account_id", "decided_by_name", "justification"]
    )


def _note_decision(request: AssignmentRequest, stage: RequestStage, actor: Actor) -> None:
    tag = "approval.approved" if stage.state == StageState.APPROVED else "approval.denied"
    details = {
        "stage": stage.position,
        "requestor": request.requestor_email,
        "justification": stage.justification,
        "duration": request.asked_duration,
    }
    note(request.tenant_id, actor, tag, request_target(request), details=details)


def _go_on(request: AssignmentRequest, stage: RequestStage, actor: Actor, words: str) -> None:
    if stage.state == StageState.DENIED:
        _end(request, actor, justification=words)
        return
    later = RequestStage.objects.of_tenant(request.tenant_id).filter(
        request_id=request.id, state=StageState.NOT_STARTED
    )
    following = later.order_by("position").first()
    if following is not None:
        begin_stage(request, following)
        return
    request.decided_at = clock.now()
    request.save(update_fields=["decided_at"])
    deliver(request, actor)


def _end(request: AssignmentRequest, actor: Actor, *, status: str = "", justification: str = "") -> None:
    request.decided_at = clock.now()
    request.save(update_fields=["decided_at"])
    move(request, RequestState.DENIED, actor, status=status, justification=justification)
    if status == EXPIRED:
        tell_requestor(request, NoticeKind.REQUEST_EXPIRED)
    else:
        tell_requestor(request, NoticeKind.REQUEST_DENIED, by=actor.display_name, justification=justification)
