"""A request as people see it: where it stands in Microsoft's words, and the way it has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tidegate.core import clock
from tidegate.entitlements.models import Assignment, AssignmentRequest, RequestStage
from tidegate.entitlements.transitions import EXPIRED
from tidegate.entitlements.words import RequestState, RequestType, StageState


class Shown(StrEnum):
    """The states of a request on pages (Microsoft, "Request process and notifications")."""

    SUBMITTED = "Submitted"
    PENDING_APPROVAL = "Pending approval"
    EXPIRED = "Expired"
    DENIED = "Denied"
    CANCELED = "Canceled"
    APPROVED = "Approved"
    DELIVERING = "Delivering"
    DELIVERED = "Delivered"
    DELIVERY_FAILED = "Delivery failed"
    EXTENDED = "Access extended"
    ENDED = "Access expired"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: what it is, when it was or will be, by whom, in what words.

    A step that is not done is one that is waited for; then `at` is when it is due, and `by` who may act.
    """

    state: Shown
    at: datetime | None
    by: str = ""
    words: str = ""
    is_done: bool = True


def shown_state(request: AssignmentRequest, assignment: Assignment | None = None) -> Shown:
    """Where a request stands now, by the clock. `assignment` is what it delivered, where that is at hand."""
    now = clock.now()
    if request.state == RequestState.DENIED:
        return Shown.EXPIRED if request.status == EXPIRED else Shown.DENIED
    if request.state not in {RequestState.DELIVERED, RequestState.SCHEDULED}:
        return _PLAIN[RequestState(request.state)]
    if _removes(request) or (assignment is not None and assignment.is_over(now)):
        return Shown.ENDED
    if request.request_type in {RequestType.USER_EXTEND, RequestType.ADMIN_UPDATE}:
        return Shown.EXTENDED
    waits = assignment is not None and assignment.starts_at > now
    return Shown.APPROVED if waits else Shown.DELIVERED


def timeline(request: AssignmentRequest) -> list[Step]:
    """The way of a request so far, and what is waited for; oldest first. Two statements."""
    steps = [Step(Shown.SUBMITTED, request.created_at, request.requestor_name, request.justification)]
    stages = RequestStage.objects.of_tenant(request.tenant_id).filter(request_id=request.id)
    for stage in stages.order_by("position"):
        steps += _stage_step(request, stage)
    assignment = find_assignment(request)
    if request.state == RequestState.CANCELED:
        steps.append(Step(Shown.CANCELED, request.completed_at, "", request.status))
    elif request.state == RequestState.DELIVERY_FAILED:
        steps.append(
            Step(Shown.DELIVERY_FAILED, request.decided_at or request.created_at, "", request.status)
        )
    elif assignment is not None and not _removes(request):
        steps += _access_steps(request, assignment)
    elif _removes(request) and request.state == RequestState.DELIVERED:
        steps.append(Step(Shown.ENDED, request.completed_at))
    return steps


def find_assignment(request: AssignmentRequest) -> Assignment | None:
    """What a request delivered or is about."""
    if request.assignment_id is None:
        return None
    return Assignment.objects.of_tenant(request.tenant_id).filter(id=request.assignment_id).first()


def longest_duration(request: AssignmentRequest) -> timedelta | None:
    """How long the access would last if it began now; None for no end."""
    starts_at = max(request.asked_starts_at or clock.now(), clock.now())
    end = request.expiration.end_of(starts_at, request.asked_duration)
    return end - starts_at if end else None


_PLAIN = {
    RequestState.SUBMITTED: Shown.SUBMITTED,
    RequestState.PENDING_APPROVAL: Shown.PENDING_APPROVAL,
    RequestState.DELIVERING: Shown.DELIVERING,
    RequestState.DELIVERY_FAILED: Shown.DELIVERY_FAILED,
    RequestState.CANCELED: Shown.CANCELED,
}


def _removes(request: AssignmentRequest) -> bool:
    return request.request_type in {
        RequestType.USER_REMOVE,
        RequestType.ADMIN_REMOVE,
        RequestType.SYSTEM_REMOVE,
    }


def _stage_step(request: AssignmentRequest, stage: RequestStage) -> list[Step]:
    if stage.state == StageState.APPROVED:
        return [Step(Shown.APPROVED, stage.decided_at, stage.decided_by_name, stage.justification)]
    if stage.state == StageState.DENIED:
        return [Step(Shown.DENIED, stage.decided_at, stage.decided_by_name, stage.justification)]
    if stage.state == StageState.EXPIRED:
        return [Step(Shown.EXPIRED, stage.expires_at)]
    if request.state == RequestState.PENDING_APPROVAL:
        return [Step(Shown.PENDING_APPROVAL, stage.expires_at, is_done=False)]
    return []


def _access_steps(request: AssignmentRequest, assignment: Assignment) -> list[Step]:
    now = clock.now()
    extends = request.request_type in {RequestType.USER_EXTEND, RequestType.ADMIN_UPDATE}
    if request.state in {RequestState.PENDING_APPROVAL, RequestState.DENIED}:
        return []
    begins = request.completed_at if extends else assignment.starts_at
    given = Shown.EXTENDED if extends else Shown.DELIVERED
    steps = [Step(given, begins, is_done=begins is not None and begins <= now)]
    if assignment.ends_at is not None:
        is_over = assignment.is_over(now)
        steps.append(Step(Shown.ENDED, assignment.ends_at, "", assignment.ended_because, is_done=is_over))
    return steps
