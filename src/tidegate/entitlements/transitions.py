"""Where a request may go from where it stands: the table, and the one way to move.

Source: Graph's accessPackageAssignmentRequest states, and Microsoft's "entitlement management process".
"""

from types import MappingProxyType
from typing import Final

from tidegate.audit.models import Result
from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.entitlements.acting import note, request_target
from tidegate.entitlements.models import AssignmentRequest
from tidegate.entitlements.words import RequestState as S

TRANSITIONS: Final = MappingProxyType(
    {
        S.SUBMITTED: frozenset({S.PENDING_APPROVAL, S.DELIVERING}),
        S.PENDING_APPROVAL: frozenset({S.DELIVERING, S.DENIED, S.CANCELED}),
        S.DELIVERING: frozenset({S.DELIVERED, S.SCHEDULED, S.DELIVERY_FAILED}),
        S.SCHEDULED: frozenset({S.DELIVERED, S.CANCELED}),
        S.DELIVERY_FAILED: frozenset({S.DELIVERING, S.CANCELED}),
        S.DELIVERED: frozenset[S](),
        S.DENIED: frozenset[S](),
        S.CANCELED: frozenset[S](),
    }
)
"""Every state and the states that may follow it."""

EXPIRED: Final = "Expired"
"""The status of a request that was denied because nobody answered in time."""

_TAGS: Final = MappingProxyType(
    {
        S.PENDING_APPROVAL: "access_request.pending_approval",
        S.DELIVERING: "access_request.delivering",
        S.DELIVERED: "access_request.delivered",
        S.SCHEDULED: "access_request.scheduled",
        S.DELIVERY_FAILED: "access_request.delivery_failed",
        S.DENIED: "access_request.denied",
        S.CANCELED: "access_request.canceled",
    }
)
_WORDS: Final = MappingProxyType(
    {
        S.SUBMITTED: "This request was only just made.",
        S.PENDING_APPROVAL: "This request is still waiting for approval.",
        S.DELIVERING: "This request is being delivered.",
        S.DELIVERED: "This request was delivered already.",
        S.SCHEDULED: "This request was approved already.",
        S.DELIVERY_FAILED: "The delivery of this request has failed.",
        S.DENIED: "This request was denied already.",
        S.CANCELED: "This request was canceled already.",
    }
)


def move(
    request: AssignmentRequest, to: S, actor: Actor, *, status: str = "", justification: str = ""
) -> None:
    """Move a request to a state, with its audit event, in the caller's transaction.

    Raises Conflict, saying where the request stands, for a transition that the table does not have.
    """
    before = S(request.state)
    if to not in TRANSITIONS[before]:
        raise Conflict(_WORDS[before])
    now = clock.now()
    request.state, request.status = to, status[:512]
    if not TRANSITIONS[to]:
        request.completed_at = now
    request.save(update_fields=["state", "status", "completed_at"])
    details = {
        "from": before.value,
        "request_type": request.request_type,
        "requestor": request.requestor_email,
        "justification": justification,
        "status": status,
    }
    result = Result.FAILURE if to == S.DELIVERY_FAILED else Result.SUCCESS
    note(request.tenant_id, actor, _TAGS[to], request_target(request), details=details, result=result)
