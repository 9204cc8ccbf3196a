"""The people who may decide at a stage now, to be told; whether they may is asked again when they do."""

from django.db.models import Q, QuerySet

from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.directory.models import GroupMembership, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import AssignmentRequest, RequestStage, Sponsor, StageApprover
from tidegate.entitlements.words import ApproverKind, SponsorKind

TOLD_AT_MOST = 100


def deciders_of(request: AssignmentRequest, stage: RequestStage, *, alternates: bool = False) -> list[User]:
    """The users of the tenant who may decide a stage of a request: its approvers, or its alternates.

    Never the requestor. At most a hundred.
    """
    approvers = StageApprover.objects.of_tenant(request.tenant_id).filter(
        stage_id=stage.id, is_alternate=alternates
    )
    chosen = Q(pk__in=[])
    for approver in approvers:
        chosen |= _people_of(request, approver)
    users = User.objects.of_tenant(request.tenant_id).entering(clock.now()).filter(chosen)
    others = users.exclude(account_id=request.requestor_id) if request.requestor_id else users
    return list(others.order_by("display_name", "id")[:TOLD_AT_MOST])


def colleagues_of(request: AssignmentRequest, stage: RequestStage) -> QuerySet[Account]:
    """The requestor's colleagues at home, when a stage asks for one."""
    asked = StageApprover.objects.of_tenant(request.tenant_id).filter(
        stage_id=stage.id, kind=ApproverKind.COLLEAGUE
    )
    if request.requestor_tenant_id is None or not asked.exists():
        return Account.objects.none()
    users = User.objects.of_tenant(request.requestor_tenant_id).entering(clock.now())
    members = users.filter(user_type=User.UserType.MEMBER).exclude(Q(account_id=request.requestor_id))
    return Account.objects.filter(id__in=members.values("account_id")).order_by("email")[:TOLD_AT_MOST]


def _people_of(request: AssignmentRequest, approver: StageApprover) -> Q:
    tenant_id = request.tenant_id
    if approver.kind in {ApproverKind.USER, ApproverKind.MANAGER}:
        return Q(id=approver.user_id) if approver.user_id else Q(pk__in=[])
    if approver.kind == ApproverKind.GROUP:
        members = GroupMembership.objects.of_tenant(tenant_id).filter(
            in_force(clock.now()), Q(group_id=approver.group_id)
        )
        return Q(id__in=members.values("user_id"))
    sides = {
        ApproverKind.INTERNAL_SPONSORS: SponsorKind.INTERNAL,
        ApproverKind.EXTERNAL_SPONSORS: SponsorKind.EXTERNAL,
    }
    side = sides.get(ApproverKind(approver.kind))
    if side is None:
        return Q(pk__in=[])
    sponsors = Sponsor.objects.of_tenant(tenant_id).filter(
        Q(organization_id=request.organization_id), kind=side
    )
    return Q(id__in=sponsors.values("user_id"))
