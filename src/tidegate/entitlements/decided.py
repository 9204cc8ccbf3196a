"""What an approver has decided or could have: to be read, no longer to act on."""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.entitlements.inbox import deciding_stages, looks_back
from tidegate.entitlements.models import AssignmentRequest, RequestStage, StageApprover
from tidegate.entitlements.words import StageState


def list_decided(actor: Actor, tenant_id: uuid.UUID | None = None) -> QuerySet[RequestStage]:
    """The stages that a person has decided, with their requests, last decided first.

    Where they may no longer enter, nothing of them: what a tenant keeps of its requests stays inside.
    """
    mine = _decided_by(actor)
    here = mine.filter(tenant_id=tenant_id) if tenant_id else mine
    return here.select_related("request", "request__package", "tenant").order_by("-decided_at", "-id")


def get_seen(actor: Actor, tenant_id: uuid.UUID, request_id: uuid.UUID) -> AssignmentRequest:
    """A request that this person has decided, or whose turn to be decided by them has come and gone.

    Raises NotFound, the same for a request that is absent, one of others, and one's own.
    """
    begun = deciding_stages(actor, clock.now()).filter(began_at__isnull=False)
    theirs = _decided_by(actor)
    requests = AssignmentRequest.objects.of_tenant(tenant_id).filter(
        Q(Exists(_of_request(begun))) | Q(Exists(_of_request(theirs))), id=request_id
    )
    if actor.account_id is None:
        requests = requests.none()
    found = requests.exclude(requestor_id=actor.account_id).select_related("package", "policy", "tenant")
    request = found.first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def stages_of(request: AssignmentRequest) -> list[RequestStage]:
    """The stages of a request, in order."""
    stages = RequestStage.objects.of_tenant(request.tenant_id).filter(request_id=request.id)
    return list(stages.order_by("position"))


def list_awaited(request: AssignmentRequest) -> list[StageApprover]:
    """Who may decide the stage at which a request waits now, alternates once it is their turn."""
    now = clock.now()
    in_time = Q(is_alternate=False) | Q(stage__escalates_at__lte=now)
    approvers = StageApprover.objects.of_tenant(request.tenant_id).filter(
        in_time, stage__request_id=request.id, stage__state=StageState.IN_PROGRESS
    )
    return list(approvers.select_related("user", "group").order_by("id"))


def _decided_by(actor: Actor) -> QuerySet[RequestStage]:
    stages = RequestStage.objects.across_tenants()
    if actor.account_id is None:
        return stages.none()
    return stages.filter(looks_back(actor, clock.now()), decided_by_account_id=actor.account_id)


def _of_request(stages: QuerySet[RequestStage]) -> QuerySet[RequestStage]:
    return stages.filter(tenant_id=OuterRef("tenant_id"), request_id=OuterRef("id"))
