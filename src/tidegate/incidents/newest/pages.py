"""A page of the newest rows of many tenants: which way is taken."""

import uuid
from collections.abc import Callable, Sequence
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, QuerySet

from tidegate.authorization.scope import ManyScope
from tidegate.core.paging import Keyset, Page
from tidegate.incidents.newest.engines import choose_engine
from tidegate.incidents.newest.questions import Question
from tidegate.incidents.newest.statements import (
    Asked,
    Key,
    first_of_each,
    keys_among,
    keys_of_each,
    outside,
    outside_named,
    read_rows,
)

FEW: Final = 16
"""So many tenants are asked one after the other; looking among everybody's newest rows would cost more."""
FURTHEST: Final = 16_000
"""So many of everybody's newest rows are looked at where fewer held a part of the page, and more never."""
# A limit of some kind, or the planner would take the condition for one of many.
_ANY_NUMBER: Final = 2**31 - 1


def page_newest[M: Model](
    scope: ManyScope,
    question: Question[M],
    table: QuerySet[M],
    show: Callable[[QuerySet[M]], QuerySet[M]],
    keys: Keyset,
) -> Page[M]:
    """One page of a list over many tenants, in the order of age. At most seven statements, most often three.

    `table` is all rows of the list's table; `show` says what of its rows is read. Who calls asked for
    permission.
    """
    try:
        found = _find(_Search(scope, question, keys), question, table, keys)
    except EmptyResultSet:
        # A condition that no row meets: Django finds out as it writes the SQL.
        found = []
    return keys.make_page(read_rows(show(table), found, keys.direction))


def _find[M: Model](
    search: "_Search[M]", question: Question[M], table: QuerySet[M], keys: Keyset
) -> list[Key]:
    if question.among is not None:
        return search.among(table.filter(question.among)[:_ANY_NUMBER])
    few = search.find_few()
    if few is not None:
        return search.of_tenants(few)
    newest = keys.after(table).order_by(*map(str, keys.direction))
    number, found = 0, list[Key]()
    for number in choose_engine().probes:
        found = search.among(newest[:number])
        if len(found) == keys.most:
            return found
    further = _count_further(number, len(found), keys.most)
    if 0 < further <= FURTHEST:
        found = search.among(newest[:further])
        if len(found) == keys.most:
            return found
    return search.of_first_tenants()


def _count_further(number: int, found: int, most: int) -> int:
    """How many of the newest rows would hold a page, where so many held so much of it; with room to spare."""
    return 3 * number * most // (2 * found) if found else 0


class _Search[M: Model]:
    """The keys of one page, and the ways to them."""

    def __init__(self, scope: ManyScope, question: Question[M], keys: Keyset) -> None:
        self._scope = scope
        self._question = question
        self._keys = keys

    def among(self, rows: QuerySet[M]) -> list[Key]:
        """Looked for among these rows alone."""
        keys = self._keys
        asked = keys.after(self._question.one_by_one(self._scope))
        return keys_among(asked, rows, keys.direction, keys.most)

    def find_few(self) -> list[uuid.UUID] | None:
        """The tenants in reach, if they are few."""
        found = self._question.first_reached(self._scope, FEW + 1)
        return None if len(found) > FEW else sorted(set(found))

    def of_tenants(self, tenant_ids: list[uuid.UUID]) -> list[Key]:
        """Put together of the pages of these."""
        levels: list[Asked] = [(severity,) for severity in self._question.by_severity] or [()]
        return self._merge([(one, *level) for one in tenant_ids for level in levels])

    def of_first_tenants(self) -> list[Key]:
        """Put together of the pages of those in reach whose newest rows come first."""
        question, keys = self._question, self._keys
        asked = outside(question.reached(self._scope), question.by_severity)
        rows = keys.after(question.of_each(self._scope))
        is_split = bool(question.by_severity)
        return self._merge(first_of_each(asked, rows, keys.direction, keys.most, by_severity=is_split))

    def _merge(self, named: Sequence[Asked]) -> list[Key]:
        if not named:
            return []
        keys = self._keys
        rows = keys.after(self._question.of_each(self._scope))
        return keys_of_each(outside_named(named), rows, keys.direction, keys.most)
