"""Who is told of what happens to a request or an assignment, in the transaction in which it happens."""

from typing import Final

from tidegate.core import clock
from tidegate.entitlements.deciders import colleagues_of, deciders_of
from tidegate.entitlements.models import Assignment, AssignmentRequest, RequestStage
from tidegate.entitlements.notices import NoticeKind, Value, tell, tell_users
from tidegate.entitlements.words import RequestType

_SILENT: Final = frozenset({RequestType.ADMIN_ADD, RequestType.ADMIN_UPDATE})
"""What an administrator gives directly sends no mails (Microsoft, "Request process and notifications")."""


def tell_deciders(request: AssignmentRequest, stage: RequestStage) -> None:
    """A stage has begun: its approvers are told, each once."""
    values = _asked(request, stage)
    key, kind = f"approval:{stage.id}", NoticeKind.APPROVAL_NEEDED
    tell_users(request.tenant_id, kind, key=key, users=deciders_of(request, stage), values=values)
    for account in colleagues_of(request, stage):
        tell(request.tenant_id, kind, key=key, to=account, values=values)


def tell_alternates(request: AssignmentRequest, stage: RequestStage) -> None:
    """The first approvers have not decided in time: the alternates are told, each once."""
    users = deciders_of(request, stage, alternates=True)
    key, kind = f"escalation:{stage.id}", NoticeKind.APPROVAL_ESCALATED
    tell_users(request.tenant_id, kind, key=key, users=users, values=_asked(request, stage))


def tell_requestor(
    request: AssignmentRequest, kind: NoticeKind, *, by: str = "", justification: str = ""
) -> None:
    """What became of a request."""
    if request.requestor is None or request.request_type in _SILENT:
        return
    values: dict[str, Value] = {
        "request_id": request.id,
        "package": request.package.display_name,
        "by": by,
        "justification": justification,
        "status": request.status,
    }
    tell(request.tenant_id, kind, key=f"{kind}:{request.id}", to=request.requestor, values=values)


def tell_approved(request: AssignmentRequest, assignment: Assignment, *, by: str) -> None:
    """Access was approved for later; that it has begun is told when it has."""
    if request.requestor is None or request.request_type in _SILENT:
        return
    values: dict[str, Value] = {
        "request_id": request.id,
        "package": request.package.display_name,
        "by": by,
        "starts_at": assignment.starts_at,
    }
    kind = NoticeKind.REQUEST_APPROVED
    tell(request.tenant_id, kind, key=f"{kind}:{request.id}", to=request.requestor, values=values)


def tell_holder(request: AssignmentRequest, assignment: Assignment, kind: NoticeKind) -> None:
    """Access was given, extended or ended."""
    if request.requestor is None or request.request_type in _SILENT:
        return
    values: dict[str, Value] = {
        "request_id": request.id,
        "assignment_id": assignment.id,
        "package": request.package.display_name,
        "starts_at": max(assignment.starts_at, request.created_at),
        "ends_at": assignment.ends_at,
        "because": assignment.ended_because if assignment.is_over(clock.now()) else "",
    }
    tell(request.tenant_id, kind, key=f"{kind}:{request.id}", to=request.requestor, values=values)


def _asked(request: AssignmentRequest, stage: RequestStage) -> dict[str, Value]:
    return {
        "request_id": request.id,
        "person": request.requestor_name,
        "organization": request.requestor_tenant_name,
        "package": request.package.display_name,
        "justification": request.justification,
        "until": stage.expires_at,
    }
