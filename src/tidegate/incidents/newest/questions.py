"""A list, asked of one tenant of many at a time: the tenant is a column of the row outside."""

import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from tidegate.authorization.scope import ManyReach, ManyScope, Scope
from tidegate.directory.models import Tenant
from tidegate.gate.reach import LookedUp
from tidegate.incidents.words import Severity

REACHED: Final = "reached"
"""The name of the row outside: a tenant, and its severity where lists are asked by that too."""


@dataclass(frozen=True, slots=True)
class Question[M: Model]:
    """A list over many tenants.

    `ask` gives its rows for a scope. `by_severity` are those among which an index finds the newest rows of
    a tenant, each alone; empty where it finds them among all. `tenant_ids` narrow it further. `among` is a
    condition that all its rows meet, and few others: an index finds them. `form` tells the list from others
    of its table, where it says nothing that differs from reader to reader, or from one instant to the next.
    """

    ask: Callable[[ManyScope], QuerySet[M]]
    by_severity: tuple[Severity, ...] = ()
    tenant_ids: tuple[uuid.UUID, ...] = ()
    among: Q | None = None
    form: Hashable = None

    def of_each(self, scope: ManyScope) -> QuerySet[M]:
        """The rows of the tenant (and of the severity) of the row outside."""
        rows = self.ask(replace(scope, reach=_Reached()))
        return rows.filter(severity=_outside("severity")) if self.by_severity else rows

    def one_by_one(self, scope: ManyScope) -> QuerySet[M]:
        """All its rows, where whether their tenant is in reach is looked up for each that is come upon."""
        return self.ask(look_up(scope))

    def reached(self, scope: ManyScope) -> QuerySet[Any, Any]:
        """The ids of the tenants in which there may be rows, each at least once."""
        ids = scope.reach.tenant_ids()
        return ids.filter(tenant_id__in=self.tenant_ids) if self.tenant_ids else ids

    def first_reached(self, scope: ManyScope, most: int) -> list[uuid.UUID]:
        """At most so many of those ids, in no order."""
        if not self.tenant_ids:
            return scope.reach.first_ids(most)
        return list(self.reached(scope).values_list("tenant_id", flat=True)[:most])


def one_by_one(scope: Scope | ManyScope) -> Scope | ManyScope:
    """The same scope, for questions that look at few rows: whether a tenant is in reach is asked of each."""
    return look_up(scope) if isinstance(scope, ManyScope) else scope


def look_up(scope: ManyScope) -> ManyScope:
    """The same tenants; whether one is among them is asked of each row that is come upon."""
    return replace(scope, reach=LookedUp(scope.reach))


@dataclass(frozen=True, slots=True)
class _Reached(ManyReach):
    """The one tenant that the row outside names."""

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of that tenant."""
        return Q(**{tenant_column: _outside("tenant_id")})

    def tenant_ids(self) -> QuerySet[Any, Any]:
        """That tenant's id."""
        return Tenant.objects.filter(id=_outside("tenant_id")).values(tenant_id=F("id"))


def _outside(column: str) -> RawSQL:
    return RawSQL(f'"{REACHED}"."{column}"', ())  # noqa: S611  both names are ours
