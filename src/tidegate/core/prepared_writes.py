"""Rows that are written thousands of times a second: the ORM writes the SQL once, then it is only run.

As in `core.prepared`, the statement stays in the ORM's words. Neither of these sends Django's signals.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Field, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from tidegate.core.prepared import Places, find_adapter, is_watched

type Changes = Mapping[str, object]


class PreparedUpdate:
    """An update with places for values: `build` is called once, with a stand-in for each.

    `build` returns the queryset and what is to be written to its rows. Its form must not depend on the
    values, as in `core.prepared`.
    """

    def __init__(
        self, build: Callable[..., tuple[QuerySet[Any, Any], Changes]], /, **places: "Field[Any, Any]"
    ) -> None:
        self._build = build
        self._places = Places(**places)
        self._lock = threading.Lock()
        self._statement: tuple[str, Sequence[Any], Mapping[str, tuple[int, ...]]] | None = None

    def run(self, **values: object) -> int:
        """Write these values; how many rows they were written to."""
        sql, parameters, positions = self._statement or self._prepare()
        return _write(sql, self._places.fill(parameters, positions, values))

    def _prepare(self) -> tuple[str, Sequence[Any], Mapping[str, tuple[int, ...]]]:
        with self._lock:
            if self._statement is None:
                stand_ins = self._places.stand_ins()
                rows, changes = self._build(**stand_ins)
                query: Any = rows.query.chain(UpdateQuery)
                query.add_update_values(changes)
                sql, parameters = query.get_compiler(using=connection.alias).as_sql()
                self._statement = sql, parameters, self._places.find(parameters, stand_ins)
            return self._statement


class PreparedInsert[M: models.Model]:
    """Inserts of one row; with `skips_known` one whose key is there stays as it is.

    Of columns of text, numbers, instants and ids alone: what others hold is not made ready for the engine.
    """

    def __init__(self, model: type[M], *, skips_known: bool = False) -> None:
        self._model = model
        self._skips_known = skips_known

    def run(self, row: M) -> None:
        """Insert it."""
        _write(self._sql, [adapt(getattr(row, name)) for name, adapt in self._columns])
        state = row._state  # noqa: SLF001  which every way of inserting leaves like this
        state.adding, state.db = False, DEFAULT_DB_ALIAS

    @cached_property
    def _sql(self) -> str:
        on_conflict = OnConflict.IGNORE if self._skips_known else None
        query: Any = InsertQuery(self._model, on_conflict=on_conflict)
        # Any row will do: the form of the statement does not depend on it.
        query.insert_values(self._model._meta.concrete_fields, [self._model()], raw=True)
        [(sql, _parameters)] = query.get_compiler(using=connection.alias).as_sql()
        return str(sql)

    @cached_property
    def _columns(self) -> Sequence[tuple[str, Callable[[Any], object]]]:
        fields: Iterable[Any] = self._model._meta.concrete_fields
        return [(field.attname, _or_none(find_adapter(field))) for field in fields]


def _or_none(adapt: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: None if value is None else adapt(value)


def _write(sql: str, parameters: list[Any]) -> int:
    """How many rows were written, by the engine itself where nobody watches what is asked."""
    engine: Any = connections[DEFAULT_DB_ALIAS]
    if is_watched(engine):
        with engine.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)
    with engine.wrap_database_errors:
        return int(engine.write_prepared(sql, parameters))
