"""Actor and Scope: who acts, and the only key to tenant-owned rows."""

import uuid
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Field, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Forbidden
from tidegate.core.scoped import Reach


class ActorKind(StrEnum):
    """What is acting."""

    PERSON = "person"
    APPLICATION = "application"
    SYSTEM = "system"


class Relation(StrEnum):
    """What a person is to a tenant (Graph's userType)."""

    MEMBER = "member"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, from where. Carries no rights: those come from the gate, per tenant.

    `client_id` and `client_name` tell of the application that asks, for itself (its kind says so) or
    for the person whose account this is.
    """

    kind: ActorKind
    display_name: str
    account_id: uuid.UUID | None = None
    email: str = ""
    home_tenant_id: uuid.UUID | None = None
    ip_address: str = ""
    user_agent: str = ""
    client_id: uuid.UUID | None = None
    client_name: str = ""


SYSTEM = Actor(kind=ActorKind.SYSTEM, display_name="Tidegate")
OPERATOR = Actor(kind=ActorKind.SYSTEM, display_name="Operator, on the command line")


class ManyReach(Reach, Protocol):
    """Many tenants: a filter over the column that names the tenant, and a query of the tenants themselves."""

    def tenant_ids(self) -> QuerySet[Any, Any]:
        """Those tenants' ids, each at least once, as a query of one column `tenant_id`."""
        ...

    def first_ids(self, most: int) -> list[uuid.UUID]:
        """At most so many of those ids, in no order. One statement."""
        return list(self.tenant_ids().values_list("tenant_id", flat=True)[:most])

    def at_once(self, _rows: QuerySet[Any, Any]) -> "ManyReach":
        """The same tenants, for a question about all of these rows: there may be a quicker way."""
        return self

    def form(self) -> "ReachForm | None":
        """What it has in common with all that differ from it in values alone; None if that is not known."""
        return None


@dataclass(frozen=True, slots=True)
class ReachForm:
    """Reaches that differ in values alone, so that their SQL is the same; the key tells them from others.

    `make` gives one of them for other values than `values`, by name; `places` are the kinds of those.
    """

    key: Hashable
    places: "Mapping[str, Field[Any, Any]]"
    values: Mapping[str, object]
    make: Callable[..., ManyReach]


class Sight(Protocol):
    """Which devices an actor may not see, by their device groups."""

    @property
    def hides(self) -> bool:
        """Whether anything is hidden at all; for almost everybody nothing is."""
        ...

    def hidden(self, group_column: str) -> Q:
        """Only rows whose column names a hidden device group."""
        ...

    def hides_in(self, tenant_column: str) -> Q:
        """Only rows of tenants in which anything is hidden."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceSight:
    """The device groups of one tenant that an actor may not see there at this instant."""

    hidden_group_ids: frozenset[uuid.UUID] = frozenset()

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.hidden_group_ids)

    def hidden(self, group_column: str) -> Q:
        """Only rows whose column names one of them."""
        return Q(**{f"{group_column}__in": self.hidden_group_ids})

    def hides_in(self, tenant_column: str) -> Q:
        """Only rows of the one tenant that there is, or none."""
        return Q(**{f"{tenant_column}__isnull": not self.hides})


SEES_ALL = DeviceSight()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the actor is in one tenant at this instant, and what that permits there."""

    tenant_id: uuid.UUID
    tenant_name: str
    user_id: uuid.UUID | None
    relation: Relation | None
    permissions: frozenset[Permission]
    role_names: tuple[str, ...] = ()
    ends_at: datetime | None = None
    sight: DeviceSight = SEES_ALL

    def restrict(self, tenant_column: str) -> Q:
        """Only this tenant's rows."""
        return Q(**{tenant_column: self.tenant_id})


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant, opened by the gate for one actor. The first argument of every action.

    It restricts twice: `restrict` to the tenant's rows, `sight` to the devices seen there and what hangs
    on them. The second is put upon queries by `devices.visibility` and `incidents.visibility`.
    """

    actor: Actor
    entry: Entry

    @property
    def tenant_id(self) -> uuid.UUID:
        """The tenant that this scope opens."""
        return self.entry.tenant_id

    @property
    def sight(self) -> Sight:
        """Which devices of the tenant the actor may not see."""
        return self.entry.sight

    def allows(self, permission: Permission) -> bool:
        """Whether the actor may do this here."""
        return permission in self.entry.permissions

    def restrict(self, tenant_column: str) -> Q:
        """Only this tenant's rows."""
        return self.entry.restrict(tenant_column)


@dataclass(frozen=True, slots=True)
class ManyScope:
    """Every tenant that the actor may enter with one permission, as a join and not as a list."""

    actor: Actor
    permission: Permission
    reach: ManyReach
    sight: Sight

    def allows(self, permission: Permission) -> bool:
        """Whether the actor may do this in each tenant of the scope."""
        return permission == self.permission

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of tenants in reach."""
        return self.reach.restrict(tenant_column)


def require(scope: Scope | ManyScope, permission: Permission) -> None:
    """Raise Forbidden, naming the permission, unless the scope allows it."""
    if not scope.allows(permission):
        message = f"This needs the permission {permission}."
        raise Forbidden(message, permission=permission)
