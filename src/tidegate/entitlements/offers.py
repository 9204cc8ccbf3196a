"""What a person may ask for, wherever their home. Nothing on offer reads the same as no such tenant."""

import statistics
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.scope import Actor, Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.models import Domain, Group, GroupMembership, Tenant, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import (
    AccessPackage,
    AssignmentPolicy,
    AssignmentRequest,
    ConnectedOrganization,
    Sponsor,
)
from tidegate.entitlements.reach import Asker, matching_organizations, read_asker, requestable
from tidegate.entitlements.rules import Approver, StageRule
from tidegate.entitlements.words import ApproverKind, SponsorKind
from tidegate.gate.opening import Asked, read_tid

DECIDED_LATELY: Final = 20
NAMED_AT_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """A package that somebody may ask for under one policy; what they are there already, if anything."""

    tenant: Tenant
    package: AccessPackage
    policy: AssignmentPolicy
    organization: ConnectedOrganization | None
    user: User | None


def list_offers(actor: Actor, tenant_id: uuid.UUID | None = None) -> list[Offer]:
    """What is offered to a person in one tenant, or in all; hidden packages are in no list.

    Four statements, however many tenants.
    """
    where = Q(tenant_id=tenant_id) if tenant_id else Q(tenant_id__isnull=False)
    return _find(actor, where & Q(package__is_hidden=False))


def offered_packages(scope: Scope) -> QuerySet[AccessPackage]:
    """The packages that the scope's tenant offers its actor, by name; hidden packages are in no list."""
    found = {offer.package.id for offer in list_offers(scope.actor, scope.tenant_id)}
    rows = AccessPackage.objects.in_scope(scope).filter(id__in=found).select_related("catalog")
    return rows.order_by("display_name", "id")


def find_offers(actor: Actor, tenant_id: uuid.UUID, package_id: uuid.UUID) -> list[Offer]:
    """The ways in which a person may ask for one package, hidden or not.

    Raises NotFound, the same for a package that is absent and one that is not offered to them.
    """
    found = _find(actor, Q(tenant_id=tenant_id, package_id=package_id))
    if not found:
        raise NotFound("There is no such access package, or it is not offered to you.")
    return found


def offers_at(actor: Actor, tid: str) -> list[Offer]:
    """What a tenant, by id or verified domain as somebody typed it, offers to a person.

    Empty for a tenant that is absent, for one that offers them nothing, and for what is no `tid`.
    """
    try:
        asked = read_tid(tid)
    except InvalidInput:
        return []
    return _find(actor, _at(asked) & Q(package__is_hidden=False))


def approver_names(offer: Offer) -> list[str]:
    """Who decides at the stages of an offer, by name: people, or the groups they are in; at most a dozen."""
    names = [name for stage in offer.policy.stages for name in stage_approver_names(offer, stage)]
    return list(dict.fromkeys(names))[:NAMED_AT_MOST]


def stage_approver_names(offer: Offer, stage: StageRule) -> list[str]:
    """Who decides at one stage of an offer, by name; alternates and colleagues are not named."""
    approvers = [approver for approver in stage.approvers if not approver.is_alternate]
    names = [name for approver in approvers for name in _names_of(offer, approver)]
    return list(dict.fromkeys(names))[:NAMED_AT_MOST]


def usual_time(offer: Offer) -> timedelta | None:
    """The median time to a decision of the last requests under this policy; None before there was one."""
    requests = AssignmentRequest.objects.of_tenant(offer.tenant.id).filter(
        policy_id=offer.policy.id, decided_at__isnull=False
    )
    lately = requests.order_by("-created_at").values_list("created_at", "decided_at")[:DECIDED_LATELY]
    took = [(decided - created).total_seconds() for created, decided in lately if decided]
    return timedelta(seconds=statistics.median(took)) if took else None


def _find(actor: Actor, where: Q) -> list[Offer]:
    asker = read_asker(actor, clock.now())
    if asker is None:
        return []
    policies = requestable(asker).filter(where).select_related("package", "package__catalog", "tenant")
    found = list(policies.order_by("tenant__display_name", "package__display_name", "display_name", "id"))
    users, organizations = _own_users(asker, found), _own_organizations(asker, found)
    return [
        Offer(
            policy.tenant,
            policy.package,
            policy,
            organizations.get(policy.tenant_id),
            users.get(policy.tenant_id),
        )
        for policy in found
    ]


def _own_users(asker: Asker, policies: list[AssignmentPolicy]) -> dict[uuid.UUID, User]:
    users = (
        User.objects.across_tenants()
        .present()
        .filter(account_id=asker.account_id, tenant_id__in={policy.tenant_id for policy in policies})
    )
    return {user.tenant_id: user for user in users}


def _own_organizations(
    asker: Asker, policies: list[AssignmentPolicy]
) -> dict[uuid.UUID, ConnectedOrganization]:
    tenants = {policy.tenant_id for policy in policies} - {asker.home_tenant_id}
    # Where both its id and one of its domains are connected, the id says more.
    rows = matching_organizations(asker).filter(tenant_id__in=tenants).order_by("source_domain", "-id")
    return {row.tenant_id: row for row in sorted(rows, key=lambda row: row.source_tenant_id is not None)}


def _at(asked: Asked) -> Q:
    if asked.tenant_id:
        return Q(tenant_id=asked.tenant_id)
    verified = Domain.objects.filter(
        tenant_id=OuterRef("tenant_id"), name=asked.domain, verified_at__isnull=False
    )
    return Q(Exists(verified))


def _names_of(offer: Offer, approver: Approver) -> list[str]:
    tenant_id = offer.tenant.id
    users: QuerySet[User] = User.objects.of_tenant(tenant_id).entering(clock.now())
    if approver.kind == ApproverKind.USER:
        users = users.filter(Q(id=approver.id))
    elif approver.kind == ApproverKind.GROUP:
        groups = Group.objects.of_tenant(tenant_id).filter(Q(id=approver.id))
        return list(groups.values_list("display_name", flat=True))
    elif approver.kind == ApproverKind.MANAGER:
        users = users.filter(Q(id=offer.user.manager_id if offer.user else None))
    elif approver.kind == ApproverKind.COLLEAGUE:
        return []
    else:
        users = users.filter(id__in=_sponsors(offer, approver.kind).values("user_id"))
    return list(users.order_by("display_name").values_list("display_name", flat=True)[:NAMED_AT_MOST])


def _sponsors(offer: Offer, kind: ApproverKind) -> QuerySet[Sponsor]:
    side = SponsorKind.INTERNAL if kind == ApproverKind.INTERNAL_SPONSORS else SponsorKind.EXTERNAL
    organization_id = offer.organization.id if offer.organization else None
    return Sponsor.objects.of_tenant(offer.tenant.id).filter(Q(organization_id=organization_id), kind=side)


def people_in(tenant_id: uuid.UUID, group_id: uuid.UUID) -> QuerySet[User]:
    """Everyone who may enter the tenant and is in one of its groups now."""
    now = clock.now()
    members = GroupMembership.objects.of_tenant(tenant_id).filter(in_force(now), group_id=group_id)
    return User.objects.of_tenant(tenant_id).entering(now).filter(id__in=members.values("user_id"))
