"""Many tenants at once, described as a join over the rows of who may enter where."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from tidegate.authorization.permissions import (
    EVERYONE_INSIDE,
    Permission,
    RolePermission,
    lines_granting,
)
from tidegate.authorization.scope import Actor, ManyReach, ReachForm
from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.core.prepared import INSTANT, UUID, Prepared, PreparedObjects
from tidegate.directory.models import User
from tidegate.directory.models.user import UserQuerySet
from tidegate.directory.queries import recent_first
from tidegate.gate.granting import are_fewer, given, given_among_all, has_much

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

    def at_once(self, rows: QuerySet[Any, Any]) -> ManyReach:
        """The same tenants, for a question about all of these rows, whosever. At most two statements."""
        if self.account_id is None or self.lines is None:
            return self
        if has_much(self.account_id, rows.model):
            return _AllAtOnce(self.account_id, self.lines, self.at)
        return LookedUp(self) if are_fewer(rows, self.account_id) else self

    def form(self) -> ReachForm | None:
        """What is asked of an account is the same for all that hold the permission by the same roles."""
        if self.account_id is None:
            return None
        return ReachForm(
            (EnterableTenants, self.lines),
            {"account_id": UUID, "at": INSTANT},
            {"account_id": self.account_id, "at": self.at},
            partial(EnterableTenants, permission=self.permission),
        )


@dataclass(frozen=True, slots=True)
class LookedUp(ManyReach):
    """The same tenants as another reach; whether one is among them is asked of each row that is come upon.

    Both databases would have them all before they look at the first row.
    """

    reach: ManyReach

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        own = self.reach.tenant_ids().filter(tenant_id=OuterRef(tenant_column))
        return Q(IsNull(Subquery(own[:1]), False))  # noqa: FBT003  the lookup takes it so

    def tenant_ids(self) -> QuerySet[Any, Any]:
        """Those tenants' ids."""
        return self.reach.tenant_ids()


@dataclass(frozen=True, slots=True)
class _AllAtOnce(ManyReach):
    """The same tenants, found by reading once what everybody is given."""

    account_id: uuid.UUID
    lines: frozenset[RolePermission]
    at: datetime

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        found = _at_once(self.lines).within(account_id=self.account_id, at=self.at)
        return Q(**{f"{tenant_column}__in": found})

    def tenant_ids(self) -> QuerySet[User, Any]:
        """Those tenants' ids."""
        return _ask_at_once(self.lines, self.account_id, self.at)


@cache
def _at_once(lines: frozenset[RolePermission]) -> Prepared:
    return Prepared(partial(_ask_at_once, lines), account_id=UUID, at=INSTANT)


def _ask_at_once(
    lines: frozenset[RolePermission], account_id: uuid.UUID, at: datetime
) -> QuerySet[User, Any]:
    users: UserQuerySet = User.objects.across_tenants()
    given_all = given_among_all(lines)(at=at)
    return users.entering_as(account_id, at).filter(given_all).values("tenant_id")


def holding(users: UserQuerySet, permission: Permission, at: datetime) -> UserQuerySet:
    """Those of the users who hold a permission in their tenant at an instant."""
    return _holding(users, _lines_of(permission), at)


def _lines_of(permission: Permission) -> frozenset[RolePermission] | None:
    return None if permission in EVERYONE_INSIDE else lines_granting(permission)


def _holding(users: UserQuerySet, lines: frozenset[RolePermission] | None, at: datetime) -> UserQuerySet:
    return users if lines is None else users.filter(given(lines)(at=at))


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
