"""Looking at connected organizations, and finding one by what somebody typed.

Nothing here tells whether a tenant exists: only one that lets itself be found is found by name, and any
other id or domain is kept as typed, with the very same answer.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.models import Domain, Tenant
from tidegate.entitlements.models import (
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    ConnectedOrganization,
    PolicyTarget,
    Sponsor,
)
from tidegate.entitlements.words import RequestState
from tidegate.gate.opening import Asked, read_tid

OPEN_STATES: Final = (
    RequestState.PENDING_APPROVAL,
    RequestState.SCHEDULED,
    RequestState.DELIVERY_FAILED,
)
"""The states of a request from which access may still come."""


@dataclass(frozen=True, slots=True)
class Found:
    """An organization by id, or by domain; `name` is there only when its tenant lets itself be found."""

    source_tenant_id: uuid.UUID | None
    source_domain: str
    name: str | None = None

    @property
    def typed(self) -> str:
        """What it is called while it has no name."""
        return self.source_domain or str(self.source_tenant_id)


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends with something: access in force or to come, open requests, policies that name it."""

    assignments: list[Assignment]
    requests: list[AssignmentRequest]
    policies: list[AssignmentPolicy]


def find_organization(scope: Scope, tid: str) -> Found:
    """What a tenant id or domain stands for, as far as it lets itself be known.

    Raises Forbidden, and InvalidInput naming `tid` for what is neither and for the own tenant.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    asked = read_tid(tid.strip())
    # Both are always asked, so that the answer takes the same two statements whoever is there.
    own = Domain.objects.filter(tenant_id=scope.tenant_id, name=asked.domain, verified_at__isnull=False)
    is_own = own.exists() or asked.tenant_id == scope.tenant_id
    tenant = Tenant.objects.filter(_named(asked), is_discoverable=True).first()
    if is_own:
        raise InvalidInput(fields={"tid": "must be another organization than this one"})
    if tenant is None:
        return Found(asked.tenant_id, asked.domain)
    return Found(tenant.id, asked.domain, tenant.display_name)


def list_organizations(scope: Scope | ManyScope) -> QuerySet[ConnectedOrganization]:
    """The connected organizations, by name. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = ConnectedOrganization.objects.in_scope(scope).filter(removed_at__isnull=True)
    return rows.order_by("display_name", "id")


def get_organization(scope: Scope, organization_id: uuid.UUID) -> ConnectedOrganization:
    """One connected organization. Raises NotFound, Forbidden."""
    organization = list_organizations(scope).filter(id=organization_id).first()
    if organization is None:
        raise NotFound("There is no such connected organization.")
    return organization


def count_holders(
    scope: Scope | ManyScope, organizations: Collection[ConnectedOrganization] | None = None
) -> dict[uuid.UUID, int]:
    """How many assignments each organization, or each of these, has in force or to come. One statement.

    Raises Forbidden.
    """
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Assignment.objects.in_scope(scope).exclude(ends_at__lte=clock.now())
    if organizations is not None:
        rows = rows.filter(organization_id__in=[one.id for one in organizations])
    counted = rows.filter(organization_id__isnull=False).order_by().values("organization_id")
    return {
        row["organization_id"]: row["held"]
        for row in counted.annotate(held=Count("id"))
        if row["organization_id"]
    }


def list_sponsors(scope: Scope, organization_id: uuid.UUID) -> QuerySet[Sponsor]:
    """Who answers for an organization, with the user. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Sponsor.objects.in_scope(scope).filter(organization_id=organization_id)
    return rows.select_related("user").order_by("kind", "user__display_name", "id")


def ending_with_organization(scope: Scope, organization_id: uuid.UUID) -> Ending:
    """What ends when an organization is removed. Raises Forbidden."""
    targets = PolicyTarget.objects.in_scope(scope).filter(organization_id=organization_id)
    return _ending(scope, Q(organization_id=organization_id), Q(id__in=targets.values("policy_id")))


def ending_with_package(scope: Scope, package_id: uuid.UUID) -> Ending:
    """What ends when a package is removed. Raises Forbidden."""
    return _ending(scope, Q(package_id=package_id), Q(package_id=package_id))


def ending_with_policy(scope: Scope, policy_id: uuid.UUID) -> Ending:
    """What would be left without its rules if a policy were removed. Raises Forbidden."""
    return _ending(scope, Q(policy_id=policy_id), Q(pk__in=[]))


def _ending(scope: Scope, which: Q, policies: Q) -> Ending:
    require(scope, Permission.ENTITLEMENT_READ)
    held = Assignment.objects.in_scope(scope).filter(which).exclude(ends_at__lte=clock.now())
    asked = AssignmentRequest.objects.in_scope(scope).filter(which, state__in=OPEN_STATES)
    rules = AssignmentPolicy.objects.in_scope(scope).filter(policies, removed_at__isnull=True)
    return Ending(
        list(held.select_related("user", "package", "policy", "tenant").order_by("user__display_name", "id")),
        list(asked.select_related("package").order_by("created_at", "id")),
        list(rules.select_related("package").order_by("package__display_name", "display_name", "id")),
    )


def _named(asked: Asked) -> Q:
    if asked.tenant_id:
        return Q(id=asked.tenant_id)
    return Q(domains__name=asked.domain, domains__verified_at__isnull=False)
