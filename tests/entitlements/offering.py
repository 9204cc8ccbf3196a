"""Packages on offer at the cast's customer, written as rows: what administrators make has its own tests."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from tests.cast import START, Cast
from tidegate.devices.models import DeviceGroup
from tidegate.directory.models import Group, GroupMembership, Tenant, User
from tidegate.entitlements.models import (
    AccessPackage,
    AssignmentPolicy,
    Catalog,
    ConnectedOrganization,
    Incompatibility,
    PolicyTarget,
    ResourceRole,
)
from tidegate.entitlements.rules import Approver, ExpirationRule, StageRule
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope

YEAR: Final = timedelta(days=365)
FOR_A_YEAR: Final = ExpirationRule(ExpirationType.AFTER_DURATION, YEAR)
FOREVER: Final = ExpirationRule(ExpirationType.NO_EXPIRATION, reason="Agreed with the board.")


def connect(customer: Tenant, provider: Tenant) -> ConnectedOrganization:
    return ConnectedOrganization.rows.create(
        tenant=customer,
        display_name=provider.display_name,
        source_tenant_id=provider.id,
        created_at=START,
    )


def make_package(tenant: Tenant, name: str = "Tier 2", **fields: bool) -> AccessPackage:
    catalog = Catalog.rows.filter(tenant=tenant, display_name="MSSP Accesses").first()
    catalog = catalog or Catalog.rows.create(tenant=tenant, display_name="MSSP Accesses", created_at=START)
    return AccessPackage.rows.create(
        tenant_id=tenant.id, catalog_id=catalog.id, display_name=name, created_at=START, **fields
    )


def give_group(package: AccessPackage, group: Group) -> ResourceRole:
    return ResourceRole.rows.create(tenant_id=package.tenant_id, package_id=package.id, group_id=group.id)


def give_device_group(package: AccessPackage, group: DeviceGroup) -> ResourceRole:
    return ResourceRole.rows.create(
        tenant_id=package.tenant_id, package_id=package.id, device_group_id=group.id
    )


def make_policy(
    package: AccessPackage,
    scope: TargetScope = TargetScope.SPECIFIC_ORGANIZATIONS,
    *,
    stages: tuple[StageRule, ...] = (),
    expiration: ExpirationRule = FOR_A_YEAR,
    organization: ConnectedOrganization | None = None,
    user: User | None = None,
    group: Group | None = None,
    **fields: object,
) -> AssignmentPolicy:
    policy = AssignmentPolicy.rows.create(
        tenant_id=package.tenant_id,
        package_id=package.id,
        display_name="Requests",
        target_scope=scope,
        stages_json=[stage.write() for stage in stages],
        expiration_json=expiration.write(),
        created_at=START,
        **{"is_justification_required": False, **fields},
    )
    target = {
        "organization_id": organization.id if organization else None,
        "user_id": user.id if user else None,
        "group_id": group.id if group else None,
    }
    if any(target.values()):
        PolicyTarget.rows.create(tenant_id=policy.tenant_id, policy_id=policy.id, **target)
    return policy


def by_user(user: User, *, is_alternate: bool = False) -> Approver:
    return Approver(ApproverKind.USER, user.id, is_alternate)


def by_group(group: Group) -> Approver:
    return Approver(ApproverKind.GROUP, group.id)


def keep_apart(package: AccessPackage, other: AccessPackage) -> None:
    Incompatibility.rows.create(tenant_id=package.tenant_id, package_id=package.id, other_id=other.id)


def offer_to_provider(
    cast: Cast, *, stages: tuple[StageRule, ...] = (), name: str = "Tier 2 access", **policy: object
) -> AssignmentPolicy:
    """A package that gives the group "Tier 2", offered to the provider's people; made once connected."""
    organization = ConnectedOrganization.rows.filter(
        tenant=cast.customer, source_tenant_id=cast.provider.id
    ).first() or connect(cast.customer, cast.provider)
    package = make_package(cast.customer, name)
    give_group(package, cast.group("Tier 2"))
    return make_policy(package, stages=stages, organization=organization, **policy)  # type: ignore[arg-type]


def member_ids(tenant_id: UUID, group: Group) -> set[UUID]:
    return set(
        GroupMembership.objects.of_tenant(tenant_id)
        .filter(group_id=group.id)
        .values_list("user_id", flat=True)
    )
