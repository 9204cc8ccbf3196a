"""Which device groups are hidden from somebody: restricted ones that no row lets them see now.

The same condition for one tenant and for all. Nothing is hidden from whoever holds the built-in role
Global Administrator in the tenant: somebody there must be able to see everything.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import DeviceSight
from tidegate.core.prepared import INSTANT, UUID, Prepared
from tidegate.core.scoped import ScopedQuerySet
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.directory.models import GroupMembership, Role, RoleAssignment, User
from tidegate.directory.models.dated import in_force

NAMED_AT_MOST: Final = 200
_READ_AT_MOST: Final = NAMED_AT_MOST + 1


def hidden_groups(users: QuerySet[User], at: datetime) -> ScopedQuerySet[DeviceGroup]:
    """The device groups of these users' tenants that each may not see in their own, at an instant."""
    held = _held_by(users, at)
    seen = DeviceGroupAccess.objects.across_tenants().filter(
        in_force(at), held, tenant_id=OuterRef("tenant_id"), device_group_id=OuterRef("id")
    )
    ruling = RoleAssignment.objects.across_tenants().filter(
        in_force(at),
        held,
        tenant_id=OuterRef("tenant_id"),
        role__is_built_in=True,
        role__display_name=BuiltInRole.GLOBAL_ADMINISTRATOR,
    )
    groups: ScopedQuerySet[DeviceGroup] = DeviceGroup.objects.across_tenants()
    return groups.filter(
        ~Exists(seen),
        ~Exists(ruling),
        Exists(users.filter(tenant_id=OuterRef("tenant_id"))),
        is_restricted=True,
    )


def find_sight(user: User, at: datetime) -> DeviceSight:
    """What one user may not see in their tenant. One statement."""
    rows = _HIDDEN.rows(tenant_id=user.tenant_id, user_id=user.id, at=at)
    return DeviceSight(frozenset(row[0] for row in rows))


def _hidden_from(tenant_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> QuerySet[DeviceGroup, Any]:
    users = User.objects.of_tenant(tenant_id).filter(id=user_id)
    return hidden_groups(users, at).filter(tenant_id=tenant_id).values_list("id")


_HIDDEN: Final = Prepared(_hidden_from, tenant_id=UUID, user_id=UUID, at=INSTANT)


def sees_all(role: Role) -> bool:
    """Whether nothing is hidden from the holder of a role."""
    return role.is_built_in and role.display_name == BuiltInRole.GLOBAL_ADMINISTRATOR


def restricted_groups() -> QuerySet[DeviceGroup]:
    """The restricted device groups of the tenant of an outer row."""
    return DeviceGroup.objects.across_tenants().filter(tenant_id=OuterRef("tenant_id"), is_restricted=True)


@dataclass(frozen=True)
class SightAcrossTenants:
    """What an account may not see in the tenants that it may enter.

    Looked up once, when it is first asked: where nothing is hidden, no query carries a condition, and a
    few groups are named outright. Only of many does it become a join, which no list could stand for.
    """

    account_id: uuid.UUID | None
    at: datetime

    @property
    def hides(self) -> bool:
        """Whether anything is hidden in any of them. One statement, the first time."""
        return bool(self._first)

    def hidden(self, group_column: str) -> Q:
        """Only rows whose column names a hidden device group."""
        is_few = len(self._first) <= NAMED_AT_MOST
        groups = self._first if is_few else self._groups().values("id")
        return Q(**{f"{group_column}__in": groups})

    def hides_in(self, tenant_column: str) -> Q:
        """Only rows of tenants with hidden device groups."""
        return Q(**{f"{tenant_column}__in": self._groups().values("tenant_id")})

    @cached_property
    def _first(self) -> list[uuid.UUID]:
        """The hidden groups, or one more than are named outright."""
        if self.account_id is None:
            return []
        return [row[0] for row in _FIRST_HIDDEN.rows(account_id=self.account_id, at=self.at)]

    def _groups(self) -> ScopedQuerySet[DeviceGroup]:
        return _hidden_everywhere(self.account_id, self.at)


def _hidden_everywhere(account_id: uuid.UUID | None, at: datetime) -> ScopedQuerySet[DeviceGroup]:
    # Whether they may enter is the reach's to say; said twice, the query is deeper than SQLite parses.
    users = User.objects.across_tenants().present()
    return hidden_groups(users.filter(account_id=account_id) if account_id else users.none(), at)


def _first_hidden(account_id: uuid.UUID, at: datetime) -> QuerySet[DeviceGroup, Any]:
    return _hidden_everywhere(account_id, at).order_by("id").values_list("id")[:_READ_AT_MOST]


_FIRST_HIDDEN: Final = Prepared(_first_hidden, account_id=UUID, at=INSTANT)


def _held_by(users: QuerySet[User], at: datetime) -> Q:
    """Rows that name one of the users, or a group with one of them in it now."""
    memberships = GroupMembership.objects.across_tenants().filter(
        in_force(at), user_id__in=users.values("id")
    )
    return Q(user_id__in=users.values("id")) | Q(group_id__in=memberships.values("group_id"))
