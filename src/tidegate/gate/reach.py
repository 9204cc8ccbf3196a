"""Many tenants at once, described as a join over the rows of who may enter where."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from tidegate.authorization.permissions import (
    EVERYONE_INSIDE,
    Permission,
    RolePermission,
    lines_granting,
)
from tidegate.authorization.roles import BUILT_IN_ROLES
from tidegate.authorization.scope import Actor, ManyReach
from tidegate.core import clock
from tidegate.core.conditions import Condition
from tidegate.core.ids import parse_uuid
from tidegate.core.prepared import INSTANT, UUID, Prepared, PreparedObjects
from tidegate.directory.models import GroupMembership, Role, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.models.user import UserQuerySet
from tidegate.directory.queries import recent_first

RECENT_AT_MOST: Final = 51


@dataclass(frozen=True, slots=True)
class EnterableTenants(ManyReach):
    """The tenants that an account may enter at an instant while holding a permission there.

    An account of None reaches nothing.
    """

    account_id: uuid.UUID | None
    permission: Permission = field(compare=False)
    at: datetime
    # What gives the permission is what tells one reach from another: many are given by the same roles.
    lines: frozenset[RolePermission] | None = field(init=False)

    def __post_init__(self) -> None:
        """Look up which lines of the role table give the permission; None where everybody inside has it."""
        object.__setattr__(self, "lines", _lines_of(self.permission))

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        return Q(**{f"{tenant_column}__in": self.tenant_ids()})

    def tenant_ids(self) -> QuerySet[User, Any]:
        """Those tenants' ids."""
        return self.users().values("tenant_id")

    def first_ids(self, most: int) -> list[uuid.UUID]:
        """At most so many of those ids, in no order. One statement, written once."""
        if self.account_id is None:
            return []
        rows = _first(self.permission, most).rows(account_id=self.account_id, at=self.at)
        return [tenant_id for (tenant_id,) in rows]

    def users(self) -> QuerySet[User]:
        """The account's user objects in those tenants."""
        everybody: UserQuerySet = User.objects.across_tenants()
        if self.account_id is None:
            return everybody.none()
        users = everybody.entering_as(self.account_id, self.at)
        return _holding(users, self.lines, self.at)


def holding(users: UserQuerySet, permission: Permission, at: datetime) -> UserQuerySet:
    """Those of the users who hold a permission in their tenant at an instant."""
    return _holding(users, _lines_of(permission), at)


def _lines_of(permission: Permission) -> frozenset[RolePermission] | None:
    return None if permission in EVERYONE_INSIDE else lines_granting(permission)


def _holding(users: UserQuerySet, lines: frozenset[RolePermission] | None, at: datetime) -> UserQuerySet:
    return users if lines is None else users.filter(_given(lines)(at=at))


@cache
def _given(lines: frozenset[RolePermission]) -> Condition:
    """The condition on a user that a role with one of these lines is given to them at an instant."""
    return Condition("given", partial(_users_given, lines), at=INSTANT)


def _users_given(lines: frozenset[RolePermission], at: datetime) -> QuerySet[User]:
    granting = RoleAssignment.objects.across_tenants().filter(in_force(at), _grants(lines))
    directly = granting.filter(tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id"))
    of_group = granting.filter(tenant_id=OuterRef("tenant_id"), group_id=OuterRef("group_id"))
    through_groups = GroupMembership.objects.across_tenants().filter(
        in_force(at), Exists(of_group), tenant_id=OuterRef("tenant_id"), user_id=OuterRef("id")
    )
    # One value looked up for each user: PostgreSQL would answer EXISTS for everybody's users at once.
    found = Coalesce(
        Subquery(directly.values("tenant_id")[:1]), Subquery(through_groups.values("tenant_id")[:1])
    )
    return User.objects.across_tenants().filter(IsNull(found, False))  # noqa: FBT003  it takes it so


def _grants(lines: Iterable[RolePermission]) -> Q:
    """The condition on a role assignment that its role holds one of these lines."""
    wanted = sorted(lines)
    names = [role for role, held in BUILT_IN_ROLES.items() if held.intersection(wanted)]
    custom = Q()
    for line in wanted:
        custom |= Q(role_permissions__contains=f" {line} ")
    # A role of the tenant's own is looked up only where the assignment is of one.
    own = Role.objects.across_tenants().filter(
        custom, tenant_id=OuterRef("tenant_id"), id=OuterRef("role_id"), is_built_in=False
    )
    return Q(built_in_role__in=names) | Q(Q(built_in_role=""), Exists(own))


@cache
def _first(permission: Permission, most: int) -> Prepared:
    def build(account_id: uuid.UUID, at: datetime) -> QuerySet[User, Any]:
        return EnterableTenants(account_id, permission, at).tenant_ids().values_list("tenant_id")[:most]

    return Prepared(build, account_id=UUID, at=INSTANT)


def list_recent(actor: Actor) -> list[User]:
    """The actor's own user objects in the tenants that they may enter now, each with its tenant.

    Those entered last before those entered long ago or never, `RECENT_AT_MOST` of them. One statement.
    """
    return _RECENT.all(account_id=actor.account_id, at=clock.now()) if actor.account_id else []


def list_named(actor: Actor, text: str) -> list[User]:
    """The same for tenants with this text in their name, or with this Directory ID; by name."""
    users = _enterable(actor).filter(named_tenant(text)).select_related("tenant")
    return list(users.order_by("tenant__display_name", "tenant_id")[:RECENT_AT_MOST])


def named_tenant(text: str) -> Q:
    """The condition on a user that this text is in their tenant's name, or is its Directory ID."""
    named, tenant_id = Q(tenant__display_name__icontains=text.replace("\0", "")), parse_uuid(text)
    return named | Q(tenant_id=tenant_id) if tenant_id else named


def enters_several(actor: Actor) -> bool:
    """Whether the actor may enter more than one tenant now. One statement."""
    return len(_enterable(actor).values_list("tenant_id")[:2]) > 1


def _enterable(actor: Actor) -> QuerySet[User]:
    return EnterableTenants(actor.account_id, Permission.TENANT_READ, clock.now()).users()


def _recent(account_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    users = EnterableTenants(account_id, Permission.TENANT_READ, at).users().select_related("tenant")
    return recent_first(users)[:RECENT_AT_MOST]


_RECENT: Final = PreparedObjects(_recent, account_id=UUID, at=INSTANT)
