"""`/accessPackageAssignmentApprovals`: who has to decide what, and the decision.

An approval has the id of its request. Only people decide, each for themselves; emergencies are confirmed in
the portal alone, where whoever confirms shows once more who they are.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.decided import get_seen
from tidegate.entitlements.inbox import list_pending, open_stages
from tidegate.entitlements.listing import (
    all_approvals,
    deciders_of_stages,
    find_request,
    stages_of_requests,
)
from tidegate.entitlements.models import AssignmentRequest, RequestStage
from tidegate.entitlements.words import StageState
from tidegate.graph.answers import answer_list, answer_no_content, answer_object
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.persons import scope_of_person
from tidegate.graph.entitlement.resources import APPROVALS, STAGES
from tidegate.graph.keys import read_key
from tidegate.graph.lists import read_query
from tidegate.graph.objects import Document, Render, answer_number, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.selecting import select_members

PATH: Final = "identityGovernance/entitlementManagement/accessPackageAssignmentApprovals"
_RESULT: Final = {StageState.APPROVED: "Approved", StageState.DENIED: "Denied"}
_STATUS: Final = {
    StageState.NOT_STARTED: "Initializing",
    StageState.IN_PROGRESS: "InProgress",
    StageState.EXPIRED: "Expired",
}


def list_all(call: Call) -> HttpResponseBase:
    """Every request that somebody has to decide, or had to."""
    rows = all_approvals(call.scope)
    return answer_objects(call, PATH, rows, APPROVALS, approval_renderer(call.scope))


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, all_approvals(call.scope), APPROVALS)


def list_awaiting(call: Call, on: str) -> HttpResponseBase:
    """What the person may decide now for whom the application acts."""
    if on.lower() != "approver":
        raise InvalidInput(fields={"on": "must be approver"})
    scope = scope_of_person(call, Permission.ENTITLEMENT_READ)
    rows = list_pending(scope.actor, scope.tenant_id)
    return answer_objects(call, PATH, rows, APPROVALS, approval_renderer(scope))


def show(call: Call, key: str) -> HttpResponseBase:
    """One approval."""
    return answer_one(call, PATH, _find(call, key), APPROVALS, approval_renderer(call.scope))


def list_stages(call: Call, key: str) -> HttpResponseBase:
    """The stages of an approval, in order."""
    query = read_query(call, STAGES)
    documents = render_stages(call.scope, [_find(call, key)])
    return answer_list(call, f"{PATH}/stages", [select_members(found, query) for _, found in documents])


def show_stage(call: Call, key: str, stage: str) -> HttpResponseBase:
    """One stage."""
    query, stage_id = read_query(call, STAGES), read_key(stage)
    for row, document in render_stages(call.scope, [_find(call, key)]):
        if row.id == stage_id:
            return answer_object(call, f"{PATH}/stages", select_members(document, query))
    raise NotFound("There is no such stage.")


def decide_stage(call: Call, key: str, stage: str) -> HttpResponseBase:
    """Approve or deny. Who is no approver learns of a request only if they may read all of them."""
    scope = scope_of_person(call, Permission.ENTITLEMENT_MANAGE)
    body = Body(call.read_json())
    approves = _read_result(body)
    request_id, stage_id = read_key(key), read_key(stage)
    _refuse_emergency(scope, request_id)
    try:
        decide(
            scope.actor,
            scope.tenant_id,
            request_id,
            approves=approves,
            justification=body.text("justification"),
            stage_id=stage_id,
        )
    except NotFound:
        if scope.allows(Permission.ENTITLEMENT_READ):
            find_request(scope, request_id)
            raise Forbidden("You are not an approver of this request.") from None
        raise
    except Conflict:
        if not stages_of_requests(scope.tenant_id, [request_id]).filter(id=stage_id).exists():
            raise NotFound("There is no such stage.") from None
        raise
    return answer_no_content()


def approval_renderer(scope: Scope) -> Render[AssignmentRequest]:
    """Approvals, with their stages where they are asked for."""

    def render(requests: Sequence[AssignmentRequest], query: Query) -> list[Document]:
        documents: list[dict[str, object]] = [{"id": str(request.id)} for request in requests]
        if query.expansion("stages"):
            rendered = render_stages(scope, requests)
            for document, request in zip(documents, requests, strict=True):
                document["stages"] = [found for row, found in rendered if row.request_id == request.id]
        return [*documents]

    return render


def render_stages(scope: Scope, requests: Sequence[AssignmentRequest]) -> list[tuple[RequestStage, Document]]:
    """The stages of requests that the scope's actor may see, each with its document. Three statements."""
    stages = list(stages_of_requests(scope.tenant_id, [request.id for request in requests]))
    mine = open_stages(scope.actor, clock.now()).filter(
        tenant_id=scope.tenant_id, id__in=[stage.id for stage in stages]
    )
    own = set(mine.values_list("id", flat=True))
    deciders = deciders_of_stages(scope, stages)
    return [
        (stage, _render(stage, deciders.get(stage.decided_by_account_id), is_mine=stage.id in own))
        for stage in stages
    ]


def _render(stage: RequestStage, decider_id: UUID | None, *, is_mine: bool) -> Document:
    state = StageState(stage.state)
    by = {"id": str(decider_id) if decider_id else None, "displayName": stage.decided_by_name}
    return {
        "id": str(stage.id),
        "assignedToMe": is_mine,
        "displayName": None,
        "justification": stage.justification or None,
        "reviewResult": _RESULT.get(state, "NotReviewed"),
        "reviewedBy": by if stage.decided_by_name else None,
        "reviewedDateTime": format_time(stage.decided_at),
        "status": _STATUS.get(state, "Completed"),
    }


def _find(call: Call, key: str) -> AssignmentRequest:
    """A request with stages that the caller may see: by permission, or as somebody asked to decide it."""
    request_id = read_key(key)
    if call.scope.allows(Permission.ENTITLEMENT_READ) or call.scope.entry.user_id is None:
        found = all_approvals(call.scope).filter(id=request_id).first()
        if found is None:
            raise NotFound("There is no such approval.")
        return found
    scope = scope_of_person(call, Permission.ENTITLEMENT_READ)
    return get_seen(scope.actor, scope.tenant_id, request_id)


def _read_result(body: Body) -> bool:
    word = body.text("reviewResult").lower()
    if word not in {"approve", "approved", "deny", "denied"}:
        raise InvalidInput(fields={"reviewResult": "must be Approve or Deny"})
    return word.startswith("approve")


def _refuse_emergency(scope: Scope, request_id: UUID) -> None:
    waiting = list_pending(scope.actor, scope.tenant_id).filter(id=request_id)
    if waiting.filter(package__is_break_glass=True).exists():
        raise Forbidden("An emergency is confirmed in the portal, where you show once more who you are.")
