"""What ends soon: guests' access, memberships, roles, invitations; and the shape in which all rooms tell it.

Whose it is decides who may ask: everybody in one tenant, one's own in every tenant, or those of a
tenant's own people and applications wherever other tenants let them in.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Relation, Scope, require
from tidegate.core.errors import Forbidden
from tidegate.directory.models import (
    Credential,
    Grant,
    GroupMembership,
    Invitation,
    RoleAssignment,
    User,
)

EACH_AT_MOST: Final = 500
_PRESENT: Final = Q(user__removed_at__isnull=True)
_READS: Final = (
    Permission.USER_READ,
    Permission.GROUP_READ,
    Permission.ROLE_READ,
    Permission.APPLICATION_READ,
    Permission.ENTITLEMENT_READ,
)


class Kind(StrEnum):
    """What ends."""

    GUEST = "guest"
    MEMBER = "member"
    MEMBERSHIP = "membership"
    ROLE = "role"
    INVITATION = "invitation"
    ASSIGNMENT = "assignment"
    ELIGIBILITY = "eligibility"
    REVIEW = "review"
    POLICY = "policy"
    SECRET = "secret"  # noqa: S105  the kind's name
    CERTIFICATE = "certificate"
    FEDERATED = "federated"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Expiring:
    """One thing that ends. `target_id` is its row's; `place_id` that of the group, role or package it is of.

    `holder` is a name, `user_id` the user it is given to, if it is given to one. `place_id` of a consent is
    the service principal, or the application for who asks from its home; of a credential, the application.
    """

    kind: Kind
    tenant_id: uuid.UUID
    tenant_name: str
    name: str
    holder: str
    ends_at: datetime
    target_id: uuid.UUID
    place_id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    may_extend: bool = False


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose ends are asked for. Made by `everybody`, `oneself` and `our_people`, which check who asks."""

    tenant_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    home_tenant_id: uuid.UUID | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether everything of one tenant is meant, not only what certain people hold."""
        return self.account_id is None and self.home_tenant_id is None

    def restrict(self, prefix: str = "") -> Q:
        """The condition on a row of which the fields of its user begin with `prefix`."""
        column = f"{prefix}account_id"
        condition = Q(tenant_id=self.tenant_id) if self.tenant_id else Q(tenant_id__isnull=False)
        if self.account_id:
            condition &= Q(**{column: self.account_id})
        if self.home_tenant_id:
            own = User.objects.of_tenant(self.home_tenant_id).present()
            members = own.filter(user_type=User.UserType.MEMBER, account_id__isnull=False)
            condition &= Q(**{f"{column}__in": members.values("account_id")})
            condition &= ~Q(tenant_id=self.home_tenant_id)
        return condition


def everybody(scope: Scope) -> Whose:
    """Everything that ends in the scope's tenant. Raises Forbidden."""
    for permission in _READS:
        require(scope, permission)
    return Whose(tenant_id=scope.tenant_id)


def oneself(actor: Actor, tenant_id: uuid.UUID | None = None) -> Whose:
    """What a person holds, in one tenant or in all."""
    if actor.account_id is None:
        message = "Nobody is signed in."
        raise Forbidden(message)
    return Whose(tenant_id=tenant_id, account_id=actor.account_id)


def our_people(scope: Scope) -> Whose:
    """What the people of the scope's tenant hold elsewhere; for its members only. Raises Forbidden."""
    require(scope, Permission.COVERAGE_READ)
    if scope.entry.relation == Relation.GUEST:
        message = "Only a member of this tenant may see where its people are guests."
        raise Forbidden(message, permission=Permission.COVERAGE_READ)
    return Whose(home_tenant_id=scope.tenant_id)


def list_directory_ends(whose: Whose, since: datetime, until: datetime) -> list[Expiring]:
    """What ends from `since` to `until` in the directory, in no order; at most 500 of each kind.

    Six statements at most. How another tenant groups its guests stays its own.
    """
    return [
        *_users(whose, since, until),
        *(_memberships(whose, since, until) if not whose.home_tenant_id else ()),
        *_roles(whose, since, until),
        *(_invitations(whose, since, until) if whose.is_everybody else ()),
        *(_credentials(whose, since, until) if whose.is_everybody else ()),
        *_consents(whose, since, until),
    ]


def _users(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = User.objects.across_tenants().present().filter(whose.restrict())
    rows = rows.filter(ends_at__gte=since, ends_at__lte=until).select_related("tenant")
    for user in rows.order_by("ends_at")[:EACH_AT_MOST]:
        kind = Kind.GUEST if user.is_guest else Kind.MEMBER
        yield Expiring(
            kind,
            user.tenant_id,
            user.tenant.display_name,
            "",
            user.display_name,
            user.ends_at or until,
            user.id,
            user_id=user.id,
            account_id=user.account_id,
        )


def _memberships(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = GroupMembership.objects.across_tenants().filter(whose.restrict("user__"), _PRESENT)
    rows = rows.filter(ends_at__gte=since, ends_at__lte=until)
    for held in rows.select_related("tenant", "user", "group").order_by("ends_at")[:EACH_AT_MOST]:
        yield Expiring(
            Kind.MEMBERSHIP,
            held.tenant_id,
            held.tenant.display_name,
            held.group.display_name,
            held.user.display_name,
            held.ends_at or until,
            held.id,
            held.group_id,
            held.user_id,
            held.user.account_id,
        )


def _roles(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    given: QuerySet[RoleAssignment] = RoleAssignment.objects.across_tenants().filter(
        ends_at__gte=since, ends_at__lte=until
    )
    to_users = whose.restrict("user__") & _PRESENT
    to_groups = Q(tenant_id=whose.tenant_id, group_id__isnull=False)
    rows = given.filter(to_users | to_groups if whose.is_everybody else to_users)
    chosen = rows.select_related("tenant", "user", "group", "role").order_by("ends_at")
    for one in chosen[:EACH_AT_MOST]:
        holder = one.user or one.group
        yield Expiring(
            Kind.ROLE,
            one.tenant_id,
            one.tenant.display_name,
            one.role.display_name,
            holder.display_name if holder else "",
            one.ends_at or until,
            one.id,
            one.role_id,
            one.user_id,
            one.user.account_id if one.user else None,
        )


def _invitations(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = Invitation.objects.across_tenants().filter(
        whose.restrict("user__"),
        _PRESENT,
        redeemed_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gte=since,
        expires_at__lte=until,
    )
    for offer in rows.select_related("tenant", "user").order_by("expires_at")[:EACH_AT_MOST]:
        yield Expiring(
            Kind.INVITATION,
            offer.tenant_id,
            offer.tenant.display_name,
            offer.invited_email,
            offer.user.display_name,
            offer.expires_at,
            offer.id,
            user_id=offer.user_id,
        )


def _credentials(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = Credential.objects.across_tenants().filter(
        Q(tenant_id=whose.tenant_id),
        removed_at__isnull=True,
        application__removed_at__isnull=True,
        ends_at__gte=since,
        ends_at__lte=until,
    )
    for one in rows.select_related("tenant", "application").order_by("ends_at")[:EACH_AT_MOST]:
        yield Expiring(
            Kind(one.kind),
            one.tenant_id,
            one.tenant.display_name,
            one.display_name or one.hint or one.subject,
            one.application.display_name,
            one.ends_at or until,
            one.id,
            one.application_id,
        )


def _consents(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    """Once for all that was given to one application, for one person or for everybody, to the same end."""
    rows = Grant.objects.across_tenants().filter(
        _whose_consents(whose),
        Q(user_id__isnull=True) | _PRESENT,
        service_principal__removed_at__isnull=True,
        service_principal__application__removed_at__isnull=True,
        ends_at__gte=since,
        ends_at__lte=until,
    )
    shown = rows.select_related("tenant", "user", "service_principal__home_tenant").order_by("ends_at", "id")
    seen = set()
    for grant in shown[:EACH_AT_MOST]:
        consent = (grant.tenant_id, grant.service_principal_id, grant.user_id, grant.ends_at)
        if consent in seen:
            continue
        seen.add(consent)
        principal = grant.service_principal
        yield Expiring(
            Kind.CONSENT,
            grant.tenant_id,
            grant.tenant.display_name,
            principal.display_name,
            grant.user.display_name if grant.user else principal.home_tenant.display_name,
            grant.ends_at or until,
            grant.id,
            principal.application_id if whose.home_tenant_id else principal.id,
            grant.user_id,
            grant.user.account_id if grant.user else None,
        )


def _whose_consents(whose: Whose) -> Q:
    if whose.home_tenant_id:
        own = Q(service_principal__home_tenant_id=whose.home_tenant_id)
        return own & ~Q(tenant_id=whose.home_tenant_id)
    return Q(tenant_id=whose.tenant_id) if whose.is_everybody else whose.restrict("user__")
