"""The SQL of a list's page: written for each question, or once for all readers who ask in the same form.

What the ORM writes for a list differs from reader to reader in values alone: the account, the instant and the
cursor. Writing it anew takes as long as the database needs to answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Protocol

from django.db.models import Model, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SEES_ALL, Actor, ActorKind, ManyScope, ReachForm
from tidegate.core.paging import Keyset
from tidegate.core.prepared import PreparedSql
from tidegate.incidents.newest.questions import Question
from tidegate.incidents.newest.statements import (
    HERE,
    Sql,
    write_among,
    write_first_of_each,
    write_keys_of_each,
    write_outside,
)

KEPT_AT_MOST: Final = 512
"""Statements of some kilobytes each."""
_NOBODY: Final = Actor(kind=ActorKind.PERSON, display_name="")


class Texts(Protocol):
    """The statements that find a page's keys."""

    def among_newest(self, number: int) -> Sql:
        """Among so many of everybody's newest rows."""
        ...

    def of_first(self) -> Sql:
        """The tenants in reach whose newest rows come first."""
        ...

    def of_each(self) -> Sql:
        """Put together of the pages of what is yet to be said."""
        ...


@dataclass(frozen=True, slots=True)
class Afresh[M: Model]:
    """Written for one question."""

    scope: ManyScope
    question: Question[M]
    table: QuerySet[M]
    keys: Keyset

    def among_newest(self, number: int) -> Sql:
        """Among so many of everybody's newest rows."""
        return self.among(self.keys.after(self.table).order_by(*map(str, self.keys.direction))[:number])

    def among(self, rows: QuerySet[M]) -> Sql:
        """Among these rows alone."""
        asked = self.keys.after(self.question.one_by_one(self.scope))
        return write_among(asked, rows, self.keys.direction, self.keys.most)

    def of_first(self) -> Sql:
        """The tenants in reach whose newest rows come first."""
        severities = self.question.by_severity
        asked = write_outside(self.question.reached(self.scope), severities)
        rows = self.keys.after(self.question.of_each(self.scope))
        order, most = self.keys.direction, self.keys.most
        return write_first_of_each(asked, rows, order, most, by_severity=bool(severities))

    def of_each(self) -> Sql:
        """Put together of the pages of what is yet to be said."""
        rows = self.keys.after(self.question.of_each(self.scope))
        return write_keys_of_each(HERE, rows, self.keys.direction, self.keys.most)


@dataclass(frozen=True, slots=True)
class Kept:
    """Written once, and filled in for one question."""

    form: "_Form"
    values: Mapping[str, object]

    def among_newest(self, number: int) -> Sql:
        """Among so many of everybody's newest rows."""
        return self._fill("among_newest", number)

    def of_first(self) -> Sql:
        """The tenants in reach whose newest rows come first."""
        return self._fill("of_first")

    def of_each(self) -> Sql:
        """Put together of the pages of what is yet to be said: who asks does not stand in it."""
        return self._fill(_OF_EACH)

    def _fill(self, way: str, *numbers: int) -> Sql:
        text, parameters = _written(self.form, way, *numbers).put(self.values)
        return Sql(text, tuple(parameters), is_ready=True)


def find_texts[M: Model](
    scope: ManyScope, question: Question[M], table: QuerySet[M], keys: Keyset
) -> Afresh[M] | Kept:
    """The statements for a question: kept ones if it has a form, and nothing is hidden from who asks."""
    reach = scope.reach.form()
    if question.form is None or reach is None or scope.sight.hides:
        return Afresh(scope, question, table, keys)
    after = dict(zip(_AFTER, keys.values or (), strict=False))
    return Kept(_Form(question, reach, scope.permission, table, keys), {**reach.values, **after})


_AFTER: Final = ("after_first", "after_second", "after_third")
"""What the values of a cursor are called."""
_OF_EACH: Final = "of_each"


class _Form:
    """What is the same for all who ask in it, which is what its key says; and how it is written."""

    def __init__(
        self,
        question: Question[Any],
        reach: ReachForm,
        permission: Permission,
        table: QuerySet[Any],
        keys: Keyset,
    ) -> None:
        self._question, self._permission = question, permission
        self._reach = replace(reach, values={})
        self._table, self._keys = table, replace(keys, values=None)
        self._goes_on = keys.values is not None
        page = (tuple(keys.order), keys.backwards, keys.size, self._goes_on)
        self._key = (table.model, question.form, reach.key, page)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and self._key == other._key

    def prepare(self, way: str, *numbers: int) -> PreparedSql:
        """One of its statements, with places for the values."""

        def build(**stand_ins: Any) -> tuple[str, Sequence[Any]]:
            reach = self._reach.make(**{name: stand_ins.get(name) for name in self._reach.places})
            after = [stand_ins[name] for name in _AFTER if name in stand_ins]
            # Nobody's: nothing of who was the first to ask is kept.
            scope = ManyScope(_NOBODY, self._permission, reach, SEES_ALL)
            afresh = Afresh(scope, self._question, self._table, replace(self._keys, values=after or None))
            sql: Sql = getattr(afresh, way)(*numbers)
            return sql.text, sql.parameters

        places = {} if way == _OF_EACH else dict(self._reach.places)
        if self._goes_on:
            fields = [self._table.model._meta.get_field(key.field) for key in self._keys.order]
            places |= dict(zip(_AFTER, fields, strict=False))
        return PreparedSql(build, **places)


@lru_cache(maxsize=KEPT_AT_MOST)
def _written(form: _Form, way: str, *numbers: int) -> PreparedSql:
    return form.prepare(way, *numbers)
