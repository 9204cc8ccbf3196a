"""Who may decide what: the requests that wait for one person, in one tenant or in all.

Groups and sponsors are those of the moment. A person is known by their account, so that nobody meets
their own request as somebody else.
"""

import uuid
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, Exists, Func, IntegerField, OuterRef, Q, QuerySet, When

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.conditions import Condition
from tidegate.core.errors import NotFound
from tidegate.core.prepared import INSTANT, TEXT, UUID, Prepared
from tidegate.directory.models import GroupMembership, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import AssignmentRequest, RequestStage, Sponsor, StageApprover
from tidegate.entitlements.reach import Asker, read_asker, requestable
from tidegate.entitlements.words import ApproverKind, RequestState, SponsorKind, StageState


def list_pending(actor: Actor, tenant_id: uuid.UUID | None = None) -> QuerySet[AssignmentRequest]:
    """The requests that this person may decide at this instant, oldest first."""
    requests = AssignmentRequest.objects.across_tenants().filter(state=RequestState.PENDING_APPROVAL)
    if tenant_id is not None:
        requests = requests.filter(tenant_id=tenant_id)
    stages = open_stages(actor, clock.now()).filter(
        tenant_id=OuterRef("tenant_id"), request_id=OuterRef("id")
    )
    found = requests.filter(Exists(stages)).select_related("package", "policy", "tenant")
    return found.order_by("created_at", "id")


def count_pending(actor: Actor, tenant_id: uuid.UUID | None = None) -> int:
    """How many there are. One statement where nothing waits, as in most tenants, else two or three."""
    at = clock.now()
    if actor.account_id is None or (tenant_id and not _ANYTHING_HERE.rows(tenant_id=tenant_id, at=at)):
        return 0
    person = {"account_id": actor.account_id, "home_id": actor.home_tenant_id or _NOWHERE, "at": at}
    if tenant_id is None:
        ((named, of_colleagues),) = _WAITING.rows(**person)
    else:
        ((named, of_colleagues),) = _WAITING_HERE.rows(**person, tenant_id=tenant_id)
    return list_pending(actor, tenant_id).count() if of_colleagues else int(named)


def get_pending(actor: Actor, tenant_id: uuid.UUID, request_id: uuid.UUID) -> AssignmentRequest:
    """One of them. Raises NotFound, the same for a request that is absent and one of others."""
    found = list_pending(actor, tenant_id).filter(id=request_id).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def open_stages(actor: Actor, at: datetime) -> QuerySet[RequestStage]:
    """The stages, of every tenant, that this person may decide at an instant."""
    return _in_progress(deciding_stages(actor, at), actor.account_id, at)


def deciding_stages(actor: Actor, at: datetime) -> QuerySet[RequestStage]:
    """The stages, of every tenant and in every state, at which this person is an approver now."""
    stages = RequestStage.objects.across_tenants()
    if actor.account_id is None:
        return stages.none()
    decides = Q(_IS_APPROVER(account_id=actor.account_id, at=at))
    asker = read_asker(actor, at)
    if asker and asker.home_tenant_id:
        person = {"account_id": asker.account_id, "email": asker.email, "home_id": asker.home_tenant_id}
        decides |= Q(_IS_COLLEAGUE(**person, at=at))
    return stages.filter(decides)


def looks_back(actor: Actor, at: datetime) -> Q:
    """The condition on a stage that this person may read of it what they have decided.

    They may still enter the tenant, or decided as a colleague of the requestor, who need not be there.
    """
    if actor.account_id is None:
        return Q(pk__in=[])
    inside = Q(Exists(_inside(actor.account_id, at)))
    if actor.home_tenant_id is None:
        return inside
    return inside | Q(_asks_colleague(), request__requestor_tenant_id=actor.home_tenant_id)


def _in_progress(
    stages: QuerySet[RequestStage], account_id: uuid.UUID | None, at: datetime
) -> QuerySet[RequestStage]:
    """Those at which a request of somebody else waits."""
    waiting = stages.filter(
        state=StageState.IN_PROGRESS,
        expires_at__gt=at,
        request__state=RequestState.PENDING_APPROVAL,
    )
    return waiting.exclude(request__requestor_id=account_id)


def _is_approver(account_id: uuid.UUID, at: datetime) -> Q:
    """The condition on a stage that this person is one of those it names."""
    # That they may enter is asked once, outside: deeper down only which user object is theirs.
    inside = _inside(account_id, at)
    in_time = Q(is_alternate=False) | Q(stage__escalates_at__lte=at)
    approvers = StageApprover.objects.across_tenants().filter(
        in_time, _is_user(account_id, at), tenant_id=OuterRef("tenant_id"), stage_id=OuterRef("id")
    )
    return Q(Exists(inside), Exists(approvers))


def _inside(account_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    """Their own user object in the tenant of the row of the query outside, while they may enter."""
    users = User.objects.across_tenants().entering(at)
    return users.filter(tenant_id=OuterRef("tenant_id"), account_id=account_id)


def _asks_colleague() -> Exists:
    """The condition on a stage that it asks a colleague of the requestor."""
    return Exists(
        StageApprover.objects.across_tenants().filter(
            tenant_id=OuterRef("tenant_id"), stage_id=OuterRef("id"), kind=ApproverKind.COLLEAGUE
        )
    )


def _is_user(account_id: uuid.UUID, at: datetime) -> Q:
    """The condition on a stage's approver that it is this person's own user object there."""
    own = (
        User.objects.across_tenants()
        .present()
        .filter(tenant_id=OuterRef("tenant_id"), account_id=account_id)
        .values("id")
    )
    held = GroupMembership.objects.across_tenants().filter(
        in_force(at), tenant_id=OuterRef("tenant_id"), group_id=OuterRef("group_id"), user_id__in=own
    )
    return (
        Q(user_id__in=own, kind__in=[ApproverKind.USER, ApproverKind.MANAGER])
        | Q(Exists(held), kind=ApproverKind.GROUP)
        | Q(Exists(_sponsorships(own, SponsorKind.INTERNAL)), kind=ApproverKind.INTERNAL_SPONSORS)
        | Q(Exists(_sponsorships(own, SponsorKind.EXTERNAL)), kind=ApproverKind.EXTERNAL_SPONSORS)
    )


def _sponsorships(own: QuerySet[User, Any], kind: SponsorKind) -> QuerySet[Sponsor]:
    return Sponsor.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"),
        organization_id=OuterRef("stage__request__organization_id"),
        kind=kind,
        user_id__in=own,
    )


def _named(account_id: uuid.UUID, at: datetime) -> QuerySet[RequestStage]:
    """Stages of which this person is one of those they name."""
    return RequestStage.objects.across_tenants().filter(_is_approver(account_id, at))


def _asking(account_id: uuid.UUID, email: str, home_id: uuid.UUID, at: datetime) -> QuerySet[RequestStage]:
    """Stages that ask a colleague, of whom this person is one.

    A colleague has the same home and may ask for the same; they need not be in the tenant.
    """
    offered = requestable(Asker(account_id, email, home_id, at)).filter(
        tenant_id=OuterRef("tenant_id"), id=OuterRef("policy_id")
    )
    requests = AssignmentRequest.objects.across_tenants().filter(
        Exists(offered),
        tenant_id=OuterRef("tenant_id"),
        id=OuterRef("request_id"),
        requestor_tenant_id=home_id,
    )
    return RequestStage.objects.across_tenants().filter(_asks_colleague(), Exists(requests))


def _waiting(account_id: uuid.UUID, home_id: uuid.UUID, at: datetime) -> QuerySet[RequestStage, Any]:
    """One row: how many stages wait that name this person, and how many ask a colleague of their home."""
    stages = _in_progress(RequestStage.objects.across_tenants(), account_id, at)
    of_colleagues = Q(_asks_colleague(), request__requestor_tenant_id=home_id)
    return stages.values_list(_count(Q(_IS_APPROVER(account_id=account_id, at=at))), _count(of_colleagues))


def _waiting_here(
    account_id: uuid.UUID, home_id: uuid.UUID, at: datetime, tenant_id: uuid.UUID
) -> QuerySet[RequestStage, Any]:
    return _waiting(account_id, home_id, at).filter(tenant_id=tenant_id)


def _anything_here(tenant_id: uuid.UUID, at: datetime) -> QuerySet[RequestStage, Any]:
    """Whether any stage waits in a tenant for anybody: what that asks costs a tenth of who it waits for."""
    stages = RequestStage.objects.of_tenant(tenant_id).filter(state=StageState.IN_PROGRESS, expires_at__gt=at)
    return stages.values_list("id")[:1]


def _count(condition: Q) -> Func:
    """How many rows meet it. Not Django's own Count, which would be one for each row here."""
    return Func(Case(When(condition, then=1)), function="COUNT", output_field=IntegerField())


_NOWHERE: Final = uuid.UUID(int=0)
_IS_APPROVER: Final = Condition("approver", _named, account_id=UUID, at=INSTANT)
_IS_COLLEAGUE: Final = Condition("colleague", _asking, account_id=UUID, email=TEXT, home_id=UUID, at=INSTANT)
_WAITING: Final = Prepared(_waiting, account_id=UUID, home_id=UUID, at=INSTANT)
_WAITING_HERE: Final = Prepared(_waiting_here, account_id=UUID, home_id=UUID, at=INSTANT, tenant_id=UUID)
_ANYTHING_HERE: Final = Prepared(_anything_here, tenant_id=UUID, at=INSTANT)
