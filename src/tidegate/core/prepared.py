"""Questions that are asked thousands of times a second: the ORM writes the SQL once, then it is only run.

Building and compiling a query costs Django many times what a database needs to answer it from an index.
The query stays where it belongs, in the ORM's words: nothing here is SQL by hand.
"""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, models
from django.db.models import Field, QuerySet

type Converters = Mapping[int, tuple[Sequence[Callable[[Any, Any, Any], Any]], Any]]

UUID: Final = models.UUIDField()
INSTANT: Final = models.DateTimeField()
TEXT: Final = models.CharField()


@dataclass(frozen=True, slots=True)
class _Statement:
    """The SQL, its parameters with the positions that each name fills, and how columns become values."""

    sql: str
    parameters: tuple[Any, ...]
    positions: Mapping[str, tuple[int, ...]]
    converters: Converters


class Prepared:
    """A query with places for values: `build` is called once, with a stand-in for each.

    `build` returns a queryset of `values_list`. Its form must not depend on the values: no lists, no
    None, nothing that is left out when empty.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **places: "Field[Any, Any]") -> None:
        self._build = build
        self._places = places
        self._lock = threading.Lock()
        self._statement: _Statement | None = None

    def rows(self, **values: object) -> list[list[Any]]:
        """The rows for these values."""
        statement = self._statement or self._prepare()
        parameters = list(statement.parameters)
        for name, positions in statement.positions.items():
            value = self._adapt(name, values[name])
            for position in positions:
                parameters[position] = value
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            return [_convert(row, statement.converters) for row in cursor.fetchall()]

    def first(self, **values: object) -> list[Any] | None:
        """The first of them, or None."""
        rows = self.rows(**values)
        return rows[0] if rows else None

    def _prepare(self) -> _Statement:
        with self._lock:
            if self._statement is None:
                self._statement = self._write()
            return self._statement

    def _write(self) -> _Statement:
        stand_ins = {name: _stand_in(field, name) for name, field in self._places.items()}
        compiler = self._build(**stand_ins).query.get_compiler(using=connection.alias)
        sql, parameters = compiler.as_sql()
        positions = {
            name: tuple(at for at, found in enumerate(parameters) if found == self._adapt(name, value))
            for name, value in stand_ins.items()
        }
        if not all(positions.values()):
            # A value that the statement does not hold would be a condition that nobody checks.
            raise AssertionError("A prepared query does not use a value that it is given.")
        columns = [column[0] for column in compiler.select or ()]
        return _Statement(sql, tuple(parameters), positions, compiler.get_converters(columns))

    def _adapt(self, name: str, value: object) -> object:
        return self._places[name].get_db_prep_value(value, connection)


def _stand_in(field: "Field[Any, Any]", name: str) -> object:
    """A value of the field's kind that stands nowhere else in the query."""
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return datetime(1901, 2, 3, 4, 5, 6, uuid.uuid4().int % 1_000_000, tzinfo=UTC)
    return f"{name} {uuid.uuid4()}"


def _convert(row: Sequence[Any], converters: Converters) -> list[Any]:
    values = list(row)
    for column, (steps, expression) in converters.items():
        for step in steps:
            values[column] = step(values[column], expression, connection)
    return values
