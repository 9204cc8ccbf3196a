"""Conditions that stand in many queries: the ORM writes their SQL once, then it is only put in.

A condition with subqueries is built, resolved, renamed and compiled by Django anew in each query that it
stands in, however deep. As a `Condition` it is a leaf: the columns of its row are all that is resolved.
As in `core.prepared`, the condition stays in the ORM's words.
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Field, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from tidegate.core.prepared import Places

# Django calls the tables of subqueries U0, V1 and so on, outside of this condition too.
_ALIAS: Final = re.compile(r'"([A-Z]+\d+)"')


@dataclass(frozen=True, slots=True)
class _Clause:
    """The SQL in pieces; between each two stands one of the columns, by its number."""

    pieces: tuple[str, ...]
    numbers: tuple[int, ...]
    columns: tuple[str, ...]
    parameters: tuple[Any, ...]
    positions: Mapping[str, tuple[int, ...]]


class Condition:
    """A condition on a row, with places for values: `build` is called once, with a stand-in for each.

    `build` returns a queryset of the row's model, filtered by the condition alone and without a join.
    Its form must not depend on the values. `condition(at=now)` stands in `filter`, `Q` and `annotate`.
    """

    def __init__(
        self, name: str, build: Callable[..., QuerySet[Any, Any]], /, **places: "Field[Any, Any]"
    ) -> None:
        self.name = name
        self._build = build
        self.places = Places(**places)
        self._lock = threading.Lock()
        self._clause: _Clause | None = None

    def __call__(self, **values: object) -> "ConditionOnRow":
        """The condition for these values, on a row of whichever query it is put in."""
        return ConditionOnRow(self, values)

    @property
    def clause(self) -> _Clause:
        """Its SQL, written at the first use."""
        with self._lock:
            if self._clause is None:
                self._clause = self._write()
            return self._clause

    def _write(self) -> _Clause:
        stand_ins = self.places.stand_ins()
        query = self._build(**stand_ins).query
        compiler = query.get_compiler(using=connection.alias)
        compiler.pre_sql_setup()
        sql, parameters = compiler.compile(query.where)
        table = query.get_initial_alias()
        if [alias for alias in query.alias_map if query.alias_refcount[alias]] != [table]:
            raise AssertionError("A condition on a row joins no other table.")
        column = re.compile(re.escape(connection.ops.quote_name(table)) + r'\."(\w+)"')
        pieces = column.split(_ALIAS.sub(rf'"{self.name}_\1"', sql))
        named = pieces[1::2]
        columns = tuple(dict.fromkeys(named))
        fields = {field.column: field.attname for field in query.get_meta().concrete_fields}
        return _Clause(
            pieces=tuple(pieces[::2]),
            numbers=tuple(columns.index(each) for each in named),
            columns=tuple(fields[each] for each in columns),
            parameters=tuple(parameters),
            positions=self.places.find(parameters, stand_ins),
        )


class ConditionOnRow(RawSQL):
    """A condition where it stands in a query: it knows its columns, and nothing of what it asks of them.

    Of conditions that Django does not know only those of this class are not compared with "true" on SQLite.
    """

    def __init__(self, condition: Condition, values: Mapping[str, object]) -> None:
        super().__init__("", (), output_field=BooleanField())
        self.condition = condition
        self.values = values
        self.columns: list[Any] = [F(name) for name in condition.clause.columns]

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells it from others: the same condition on another row is another one."""
        return (self.condition, *sorted(self.values.items()), *self.columns)

    def get_source_expressions(self) -> list[Any]:
        """The columns of its row."""
        return self.columns

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """The same, of a row under another name."""
        self.columns = list(exprs)

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[str | int, ...]]:
        """The SQL of the condition, with the names that its columns have here."""
        clause = self.condition.clause
        names = [compiler.compile(column)[0] for column in self.columns]
        sql = [clause.pieces[0]]
        for number, piece in zip(clause.numbers, clause.pieces[1:], strict=True):
            sql += (names[number], piece)
        filled = self.condition.places.fill(clause.parameters, clause.positions, self.values)
        return "".join(sql), tuple(filled)
