"""Several tenants at once: `tid=all`, every tenant that may be entered now, and `tid=group:<name>`.

A group grants nothing: it narrows what the gate opens, at the instant of each question. What the actor may do
differs from tenant to tenant, so each question asks for the tenants in which one permission is held.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ManyReach, ManyScope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.scoped import Reach
from tidegate.customers.queries import find_tenant_group, tenants_in
from tidegate.directory.models import User
from tidegate.gate.reach import EnterableTenants
from tidegate.gate.sight import SightAcrossTenants

ALL: Final = "all"
GROUP: Final = "group:"


@dataclass(frozen=True, slots=True)
class Several:
    """The tenants that one `tid` names, for one actor at one instant. `name` is a group's; "" for all."""

    actor: Actor
    tid: str
    name: str
    at: datetime
    group: Reach | None = None

    def scope(self, permission: Permission) -> ManyScope:
        """Those of them in which the actor holds this permission."""
        enterable = EnterableTenants(self.actor.account_id, permission, self.at)
        reach = enterable if self.group is None else WithinGroup(enterable, self.group)
        return ManyScope(self.actor, permission, reach, SightAcrossTenants(self.actor.account_id, self.at))

    def users(self) -> QuerySet[User]:
        """The actor's own user objects in all of them, each with its tenant."""
        users = EnterableTenants(self.actor.account_id, Permission.TENANT_READ, self.at).users()
        narrowed = users if self.group is None else users.filter(self.group.restrict("tenant_id"))
        return narrowed.select_related("tenant")


@dataclass(frozen=True, slots=True)
class WithinGroup(ManyReach):
    """Tenants that may be entered, and are in a group."""

    enterable: EnterableTenants
    group: Reach

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        return self.enterable.restrict(tenant_column) & self.group.restrict(tenant_column)

    def tenant_ids(self) -> QuerySet[User, Any]:
        """Those tenants' ids."""
        return self.enterable.tenant_ids().filter(self.group.restrict("tenant_id"))


def names_several(tid: str) -> bool:
    """Whether a `tid` asks for several tenants, whatever they are."""
    return tid == ALL or tid.startswith(GROUP)


def open_several(actor: Actor, tid: str) -> Several:
    """The tenants that a `tid` names, for an actor at this instant.

    Raises InvalidInput for one that names no several; NotFound, the same in every case, for a group that is
    absent or not the actor's to use.
    """
    if tid == ALL:
        return Several(actor, ALL, "", clock.now())
    name = tid.removeprefix(GROUP).strip()
    if not tid.startswith(GROUP) or not name:
        raise InvalidInput(fields={"tid": "must be all, or group: and the name of a tenant group"})
    # PostgreSQL refuses NUL; no group has one in its name.
    group = None if "\0" in name else find_tenant_group(actor.account_id, actor.home_tenant_id, name)
    if group is None:
        raise NotFound("There is no such tenant group, or it is not yours to use.")
    return Several(actor, f"{GROUP}{group.name}", group.name, clock.now(), tenants_in(group))
