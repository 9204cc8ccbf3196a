"""What is a person's own: their requests and what they hold, in one tenant or in all."""

import uuid

from django.db.models import Q, QuerySet

from tidegate.authorization.scope import Actor
from tidegate.core.errors import NotFound
from tidegate.entitlements.models import Assignment, AssignmentRequest


def own_requests(actor: Actor, tenant_id: uuid.UUID | None = None) -> QuerySet[AssignmentRequest]:
    """Everything a person has asked for, or had assigned to them; newest first."""
    requests = AssignmentRequest.objects.across_tenants()
    if actor.account_id is None:
        return requests.none()
    mine = requests.filter(requestor_id=actor.account_id)
    here = mine.filter(tenant_id=tenant_id) if tenant_id else mine
    return here.select_related("package", "policy", "tenant").order_by("-created_at", "-id")


def get_own_request(actor: Actor, tenant_id: uuid.UUID, request_id: uuid.UUID) -> AssignmentRequest:
    """One of them. Raises NotFound, the same for a request that is absent and one of others."""
    found = own_requests(actor, tenant_id).filter(id=request_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def own_assignments(actor: Actor, tenant_id: uuid.UUID | None = None) -> QuerySet[Assignment]:
    """Everything a person holds or held through a package; newest first.

    Also what was assigned to their address before they took up the invitation.
    """
    assignments = Assignment.objects.across_tenants()
    if actor.account_id is None:
        return assignments.none()
    mine = assignments.filter(Q(account_id=actor.account_id) | Q(user__account_id=actor.account_id))
    here = mine.filter(tenant_id=tenant_id) if tenant_id else mine
    return here.select_related("package", "policy", "tenant", "user").order_by("-created_at", "-id")


def get_own_assignment(actor: Actor, tenant_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment:
    """One of them. Raises NotFound, the same for an assignment that is absent and one of others."""
    found = own_assignments(actor, tenant_id).filter(id=assignment_id).first()
    if found is None:
        raise NotFound("There is no such access.")
    return found
