"""Tenant-owned tables: composite keys led by the tenant, and querysets that refuse to run unscoped.

`Model.objects` makes querysets freely but will not compile them to SQL until `in_scope(scope)`
was called. What follows a foreign key uses the plain base manager: the key itself holds the tenant.
"""

import uuid
from collections.abc import Sequence
from typing import Any, NoReturn, Protocol, Self

from django.db import models
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from tidegate.core import bulk
from tidegate.core.errors import ScopeMissing


class Reach(Protocol):
    """What `in_scope` needs of a Scope: a filter over the column that names the tenant."""

    def restrict(self, tenant_column: str) -> models.Q:
        """The condition that keeps only rows of tenants in reach; never empty."""
        ...


class ScopedQuery(Query):
    """A query that compiles only once a scope was applied to it."""

    is_scoped = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        """Refuse to become SQL without a scope."""
        if not self.is_scoped:
            _refuse(self.model)
        compiler: SQLCompiler = super().get_compiler(*args, **kwargs)
        return compiler

    def chain(self, klass: type[Query] | None = None) -> Query:
        """Refuse to become an UPDATE, which is a query of another class, without a scope."""
        if klass is not None and not self.is_scoped:
            _refuse(self.model)
        chained: Query = super().chain(klass)
        return chained

    def combine(self, rhs: Query, connector: str) -> None:
        """Either side of `|`, `&` and `^` must be scoped: the scope of one does not bind the other."""
        super().combine(rhs, connector)
        self.is_scoped = self.is_scoped and getattr(rhs, "is_scoped", False)


class ScopedQuerySet[M: models.Model](models.QuerySet[M]):
    """A queryset of a tenant-owned model; `in_scope` first, then anything."""

    def __init__(
        self,
        model: type[M] | None = None,
        query: Query | None = None,
        using: str | None = None,
        hints: dict[str, models.Model] | None = None,
    ) -> None:
        super().__init__(model, query or ScopedQuery(model), using, hints)

    def in_scope(self, reach: Reach) -> Self:
        """Only rows of tenants in reach."""
        scoped = self.filter(reach.restrict("tenant_id"))
        scoped.query.is_scoped = True  # type: ignore[attr-defined]
        return scoped

    def across_tenants(self) -> Self:
        """Every tenant's rows. For the gate, jobs and checks only; reviewers look at each call."""
        scoped = self._chain()  # type: ignore[attr-defined]
        scoped.query.is_scoped = True
        return scoped  # type: ignore[no-any-return]

    def of_tenant(self, tenant_id: uuid.UUID) -> Self:
        """One tenant's rows, for code below the gate that was handed the tenant by an action."""
        return self.across_tenants().filter(tenant_id=tenant_id)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        """Insert; each row names its own tenant, so no scope is needed."""
        if len(args) == 1 and kwargs.keys() <= {"batch_size"} and bulk.can_take(self.model):
            rows = list(args[0])
            bulk.insert(self.model, rows)
            return rows
        return super(ScopedQuerySet, self.across_tenants()).bulk_create(*args, **kwargs)

    def rewrite(self, rows: Sequence[M], fields: Sequence[str]) -> None:
        """Write these fields of rows that exist.

        `bulk_update` says the same in CASE expressions that take many times as long to build and to plan.
        """
        bulk.update(self.model, rows, fields)

    def put(self, rows: Sequence[M], fields: Sequence[str]) -> None:
        """Insert rows, or write these fields of those that exist."""
        if rows:
            bulk.upsert(self.model, rows, fields)

    def raw(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: no scope can be put upon SQL written by hand."""
        _refuse(self.model)

    def _raw_delete(self, using: str | None) -> int:
        # Django's short way to DELETE makes a query of another class, past our own.
        if not self.query.is_scoped:  # type: ignore[attr-defined]
            _refuse(self.model)
        return super()._raw_delete(using)


def _refuse(model: type[models.Model] | None) -> NoReturn:
    message = f"{model.__name__ if model else 'A table'} was queried without a Scope."
    raise ScopeMissing(message)
