"""A page of the newest rows of many tenants: which way is taken."""

from collections.abc import Callable
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Model, QuerySet

from tidegate.authorization.scope import ManyScope
from tidegate.core.paging import Keyset, Page
from tidegate.directory.models import Tenant
from tidegate.incidents.newest.engines import choose_engine
from tidegate.incidents.newest.questions import Question
from tidegate.incidents.newest.statements import (
    Sql,
    first_of_each,
    keys_among,
    keys_of_each,
    outside,
    read_rows,
)

FEW: Final = 16
"""So many tenants are asked one after the other; looking among everybody's newest rows would cost more."""
# A limit of some kind, or the planner would take the condition for one of many.
_ANY_NUMBER: Final = 2**31 - 1


def page_newest[M: Model](
    scope: ManyScope,
    question: Question[M],
    table: QuerySet[M],
    show: Callable[[QuerySet[M]], QuerySet[M]],
    keys: Keyset,
) -> Page[M]:
    """One page of a list over many tenants, in the order of age. At most four statements.

    `table` is all rows of the list's table; `show` says what of its rows is read. Who calls asked for
    permission.
    """
    try:
        return keys.make_page(_find(_Search(scope, question, table, show, keys), question, table, keys))
    except EmptyResultSet:
        # A condition that no row meets: Django finds out as it writes the SQL.
        return keys.make_page([])


def _find[M: Model](search: "_Search[M]", question: Question[M], table: QuerySet[M], keys: Keyset) -> list[M]:
    if question.among is not None:
        return search.among(table.filter(question.among)[:_ANY_NUMBER])
    few = search.find_few()
    if few is not None:
        return search.of_tenants(few)
    newest = keys.after(table).order_by(*map(str, keys.direction))
    for number in choose_engine().probes:
        found = search.among(newest[:number])
        if len(found) == keys.most:
            return found
    return search.of_first_tenants()


class _Search[M: Model]:
    """One page, and the ways to it."""

    def __init__(
        self,
        scope: ManyScope,
        question: Question[M],
        table: QuerySet[M],
        show: Callable[[QuerySet[M]], QuerySet[M]],
        keys: Keyset,
    ) -> None:
        self._scope = scope
        self._question = question
        self._wanted = show(table)
        self._keys = keys

    def among(self, rows: QuerySet[M]) -> list[M]:
        """The page, looked for among these rows alone."""
        keys = self._keys
        asked = keys.after(self._question.one_by_one(self._scope))
        return self._read(keys_among(asked, rows, keys.direction, keys.most))

    def find_few(self) -> QuerySet[Tenant] | None:
        """The tenants in reach, if they are few."""
        reached = self._question.reached(self._scope).values_list("tenant_id", flat=True)
        found = list(reached[: FEW + 1])
        return None if len(found) > FEW else Tenant.objects.filter(id__in=found).values(tenant_id=F("id"))

    def of_tenants(self, tenants: QuerySet[Tenant]) -> list[M]:
        """The page, put together of the pages of these."""
        return self._merge(outside(tenants, self._question.by_severity))

    def of_first_tenants(self) -> list[M]:
        """The page, put together of the pages of those in reach whose newest rows come first."""
        question, keys = self._question, self._keys
        asked = outside(question.reached(self._scope), question.by_severity)
        rows = keys.after(question.of_each(self._scope))
        is_split = bool(question.by_severity)
        return self._merge(first_of_each(asked, rows, keys.direction, keys.most, by_severity=is_split))

    def _merge(self, asked: Sql) -> list[M]:
        keys = self._keys
        rows = keys.after(self._question.of_each(self._scope))
        return self._read(keys_of_each(asked, rows, keys.direction, keys.most))

    def _read(self, found: Sql) -> list[M]:
        return read_rows(self._wanted, found, self._keys.direction)
