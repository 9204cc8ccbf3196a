"""Actor and Scope: who acts, and the only key to tenant-owned rows."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Forbidden
from tidegate.core.scoped import Reach


class ActorKind(StrEnum):
    """What is acting."""

    PERSON = "person"
    SYSTEM = "system"


class Relation(StrEnum):
    """What a person is to a tenant (Graph's userType)."""

    MEMBER = "member"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, from where. Carries no rights: those come from the gate, per tenant."""

    kind: ActorKind
    display_name: str
    account_id: uuid.UUID | None = None
    email: str = ""
    home_tenant_id: uuid.UUID | None = None
    ip_address: str = ""
    user_agent: str = ""


SYSTEM = Actor(kind=ActorKind.SYSTEM, display_name="Tidegate")
OPERATOR = Actor(kind=ActorKind.SYSTEM, display_name="Operator, on the command line")


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

    def restrict(self, tenant_column: str) -> Q:
        """Only this tenant's rows."""
        return Q(**{tenant_column: self.tenant_id})


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant, opened by the gate for one actor. The first argument of every action."""

    actor: Actor
    entry: Entry

    @property
    def tenant_id(self) -> uuid.UUID:
        """The tenant that this scope opens."""
        return self.entry.tenant_id

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
    reach: Reach

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
