"""What ends soon: guests' access, memberships, roles, invitations; and the shape in which all rooms tell it.

Whose it is decides who may ask: everybody in one tenant, one's own in every tenant, or those of a
tenant's own people wherever they are guests.
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
from tidegate.directory.models import GroupMembership, Invitation, RoleAssignment, User

EACH_AT_MOST: Final = 500
_PRESENT: Final = Q(user__removed_at__isnull=True)


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


@dataclass(frozen=True, slots=True)
class Expiring:
    """One thing that ends. `target_id` is its row's; `place_id` that of the group, role or package it is of.

    `holder` is a name, `user_id` the user it is given to, if it is given to one.
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
    for permission in (Permission.USER_READ, Permission.GROUP_READ, Permission.ROLE_READ):
        require(scope, permission)
    require(scope, Permission.ENTITLEMENT_READ)
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

    Four statements at most. How another tenant groups its guests stays its own.
    """
    return [
        *_users(whose, since, until),
        *(_memberships(whose, since, until) if not whose.home_tenant_id else ()),
        *_roles(whose, since, until),
        *(_invitations(whose, since, until) if whose.is_everybody else ()),
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
