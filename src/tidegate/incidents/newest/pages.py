"""A page of the newest rows of many tenants: which way is taken."""

import uuid
from collections.abc import Sequence
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
    Show,
    read_first,
    read_keys,
    read_rows,
    write_named,
)
from tidegate.incidents.newest.texts import Afresh, Texts, find_texts

FEW: Final = 16
"""So many tenants are asked one after the other; looking among everybody's newest rows would cost more."""
FURTHEST: Final = 16_000
"""So many of everybody's newest rows are looked at where fewer held a part of the page, and more never."""
# Few different numbers are asked for, so that few statements are kept.
_STEP: Final = 2_000
# A limit of some kind, or the planner would take the condition for one of many.
_ANY_NUMBER: Final = 2**31 - 1


def page_newest[M: Model](
    scope: ManyScope, question: Question[M], table: QuerySet[M], show: Show[M], keys: Keyset
) -> Page[M]:
    """One page of a list over many tenants, in the order of age. At most seven statements, most often three.

    `table` is all rows of the list's table. Who calls asked for permission.
    """
    try:
        found = _find(scope, question, table, keys)
    except EmptyResultSet:
        # A condition that no row meets: Django finds out as it writes the SQL.
        found = []
    return keys.make_page(read_rows(show, found, keys.direction))


def _find[M: Model](scope: ManyScope, question: Question[M], table: QuerySet[M], keys: Keyset) -> list[Key]:
    if question.among is not None:
        among = table.filter(question.among)[:_ANY_NUMBER]
        return read_keys(Afresh(scope, question, table, keys).among(among))
    texts = find_texts(scope, question, table, keys)
    few = _find_few(scope, question)
    if few is not None:
        levels: list[Asked] = [(severity,) for severity in question.by_severity] or [()]
        return _merge(texts, [(one, *level) for one in few for level in levels])
    number, found = 0, list[Key]()
    for number in choose_engine().probes:
        found = read_keys(texts.among_newest(number))
        if len(found) == keys.most:
            return found
    further = _count_further(number, len(found), keys.most)
    if 0 < further <= FURTHEST:
        found = read_keys(texts.among_newest(further))
        if len(found) == keys.most:
            return found
    return _merge(texts, read_first(texts.of_first()))


def _find_few[M: Model](scope: ManyScope, question: Question[M]) -> list[uuid.UUID] | None:
    """The tenants in reach, if they are few."""
    found = question.first_reached(scope, FEW + 1)
    return None if len(found) > FEW else sorted(set(found))


def _merge(texts: Texts, named: Sequence[Asked]) -> list[Key]:
    """Put together of the pages of these few."""
    return read_keys(texts.of_each().reading(write_named(named))) if named else []


def _count_further(number: int, found: int, most: int) -> int:
    """How many of the newest rows would hold a page, where so many held so much of it; with room to spare."""
    return -(-3 * number * most // (2 * found) // _STEP) * _STEP if found else 0
