"""Questions that are asked thousands of times a second: the ORM writes the SQL once, then it is only run.

Building and compiling a query costs Django many times what a database needs to answer it from an index.
The query stays where it belongs, in the ORM's words: nothing here is SQL by hand.
"""

import re
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from operator import attrgetter, itemgetter
from typing import Any, Final, Self, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Field, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from tidegate.core.bulk import read_object, write_instant
from tidegate.core.converting import Converters, convert, hasten

# A place as the ORM writes it; of a sign that stands for itself there are two.
_PLACE: Final = re.compile("(?<!%)%s")
_WORD: Final = re.compile(r"[\w@./ -]*", re.ASCII)

UUID: Final = models.UUIDField()
INSTANT: Final = models.DateTimeField()
TEXT: Final = models.CharField()
NUMBER: Final = models.BigIntegerField()


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which values of a row become an object of which model, and what hangs on it."""

    model: type[models.Model]
    values: Callable[[Sequence[Any]], Sequence[Any]]
    names: list[str]
    key: int
    related: "tuple[_Related, ...]"
    annotations: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Related:
    """An object that was selected beside another, and how each is told of the other."""

    shape: _Shape
    set_here: Callable[[Any, Any], None]
    set_there: Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class _Statement:
    """The SQL, its parameters with the positions that each name fills, and how columns become values."""

    sql: str
    parameters: tuple[Any, ...]
    positions: Mapping[str, tuple[int, ...]]
    converters: Converters
    shape: _Shape | None = None


class Places:
    """The names of values, the field that each is of, and where they stand among parameters."""

    def __init__(self, **places: "Field[Any, Any]") -> None:
        self._places = places
        self._adapters: dict[str, Callable[[Any], object]] = {}

    def stand_ins(self) -> dict[str, object]:
        """A value for each that stands nowhere else."""
        return {name: _stand_in(field, name) for name, field in self._places.items()}

    def find(
        self, parameters: Sequence[Any], stand_ins: Mapping[str, object]
    ) -> Mapping[str, tuple[int, ...]]:
        """The positions that each fills. Raises AssertionError when a value is not used at all."""
        positions = {
            name: tuple(at for at, found in enumerate(parameters) if found == self._adapt(name, value))
            for name, value in stand_ins.items()
        }
        if not all(positions.values()):
            # A value that the statement does not hold would be a condition that nobody checks.
            raise AssertionError("A prepared query does not use a value that it is given.")
        return positions

    def fill(
        self,
        parameters: Sequence[Any],
        positions: Mapping[str, tuple[int, ...]],
        values: Mapping[str, object],
    ) -> list[Any]:
        """The parameters with these values in their positions."""
        filled = list(parameters)
        adapters = self._adapters or self._find_adapters()
        for name, where in positions.items():
            value = adapters[name](values[name])
            for position in where:
                filled[position] = value
        return filled

    def _adapt(self, name: str, value: object) -> object:
        return (self._adapters or self._find_adapters())[name](value)

    def _find_adapters(self) -> Mapping[str, Callable[[Any], object]]:
        self._adapters = {name: find_adapter(field) for name, field in self._places.items()}
        return self._adapters


class _Question:
    """What both kinds of prepared queries share: written at the first use, then only run."""

    _makes_objects = False

    def __init__(self, build: Callable[..., Any], /, **places: "Field[Any, Any]") -> None:
        self._build = build
        self._is_planned_anew = False
        self._places = Places(**places)
        self._lock = threading.Lock()
        self._statement: _Statement | None = None

    def planned_anew(self) -> Self:
        """The same question, which the engine plans for its values each time.

        For tables of which one tenant has a million times as much as another: a plan that suits one of them
        is kept for no other.
        """
        anew = copy(self)
        anew._is_planned_anew = True  # noqa: SLF001  its own kind
        return anew

    def bound(self, **values: object) -> Self:
        """The same question with these of its values given for good."""
        statement = self._statement or self._prepare()
        given = {name: statement.positions[name] for name in values}
        rest = {name: where for name, where in statement.positions.items() if name not in values}
        filled = tuple(self._places.fill(statement.parameters, given, values))
        bound = copy(self)
        bound._statement = replace(statement, parameters=filled, positions=rest)  # noqa: SLF001  its own kind
        return bound

    def put(self, values: Mapping[str, object]) -> tuple[str, list[Any]]:
        """The SQL and its parameters for these values, as `run_prepared` of an engine takes them."""
        statement = self._statement or self._prepare()
        return statement.sql, self._places.fill(statement.parameters, statement.positions, values)

    def within(self, **values: object) -> RawSQL:
        """The question as part of another, behind an IN."""
        return RawSQL(*self.put(values))  # noqa: S611  the ORM wrote it

    def put_sample(self) -> tuple[str, list[Any]]:
        """The same for values that nothing has, and the SQL written now if it was not before."""
        return self.put(self._places.stand_ins())

    def read(self, rows: Iterable[Sequence[Any]], engine: Any) -> list[list[Any]]:
        """What an engine answered, as values."""
        statement = self._statement or self._prepare()
        return [convert(row, statement.converters, engine) for row in rows]

    def _run(self, values: Mapping[str, object]) -> list[list[Any]]:
        # The thread's own connection, found once: the usual name looks for it at each use.
        engine: Any = connections[DEFAULT_DB_ALIAS]
        rows = _ask(engine, *self.put(values), is_planned_anew=self._is_planned_anew)
        return self.read(rows, engine)

    def _prepare(self) -> _Statement:
        with self._lock:
            if self._statement is None:
                self._statement = self._write()
            return self._statement

    def _write(self) -> _Statement:
        stand_ins = self._places.stand_ins()
        compiler = self._build(**stand_ins).query.get_compiler(using=connection.alias)
        sql, parameters, positions = _fix(compiler.as_sql(), self._places, stand_ins)
        columns = [column[0] for column in compiler.select or ()]
        shape = _read_shape(compiler, compiler.klass_info) if self._makes_objects else None
        converters = hasten(compiler.get_converters(columns))
        return _Statement(sql, tuple(parameters), positions, converters, shape)


class Prepared(_Question):
    """A query with places for values: `build` is called once, with a stand-in for each.

    `build` returns a queryset of `values_list`. Its form must not depend on the values: no lists, no
    None, nothing that is left out when empty.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], /, **places: "Field[Any, Any]") -> None:
        super().__init__(build, **places)

    def rows(self, **values: object) -> list[list[Any]]:
        """The rows for these values."""
        return self._run(values)

    def first(self, **values: object) -> list[Any] | None:
        """The first of them, or None."""
        rows = self.rows(**values)
        return rows[0] if rows else None


def read_values(rows: QuerySet[Any, Any]) -> list[list[Any]]:
    """The rows of a query of values that is asked this once, read as quickly as those of prepared ones."""
    return Prepared(lambda: rows).planned_anew().rows()


class PreparedObjects[M: models.Model](_Question):
    """The same of whole objects, with what the queryset selects and annotates beside them."""

    _makes_objects = True

    def __init__(self, build: Callable[..., QuerySet[M]], /, **places: "Field[Any, Any]") -> None:
        super().__init__(build, **places)

    def all(self, **values: object) -> list[M]:
        """The objects for these values, made anew."""
        return self._make(self._run(values))

    def make(self, rows: Iterable[Sequence[Any]]) -> list[M]:
        """The objects of what an engine answered, for who put the question."""
        return self._make(self.read(rows, connections[DEFAULT_DB_ALIAS]))

    def _make(self, rows: Iterable[Sequence[Any]]) -> list[M]:
        shape = self._statement.shape if self._statement else None
        return [_make(shape, row) for row in rows] if shape else []

    def first(self, **values: object) -> M | None:
        """The first of them, or None."""
        return next(iter(self.all(**values)), None)


class PreparedSql(_Question):
    """SQL with places for values, put together of several queries: `build` gives it and its parameters.

    Its form must not depend on the values. What it answers is for who puts it to read.
    """

    def __init__(
        self, build: Callable[..., tuple[str, Sequence[Any]]], /, **places: "Field[Any, Any]"
    ) -> None:
        super().__init__(build, **places)

    def _write(self) -> _Statement:
        stand_ins = self._places.stand_ins()
        sql, parameters, positions = _fix(self._build(**stand_ins), self._places, stand_ins)
        return _Statement(sql, tuple(parameters), positions, ())


def run_statement(sql: str, parameters: list[Any], *, is_planned_anew: bool = False) -> list[tuple[Any, ...]]:
    """The rows of a statement that was written once, for who has it from elsewhere."""
    return _ask(connections[DEFAULT_DB_ALIAS], sql, parameters, is_planned_anew=is_planned_anew)


def _ask(engine: Any, sql: str, parameters: list[Any], *, is_planned_anew: bool) -> list[tuple[Any, ...]]:
    """The rows, from the engine itself where nobody watches what is asked."""
    if is_watched(engine):
        with engine.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())
    with engine.wrap_database_errors:
        rows = engine.run_prepared(sql, parameters, is_planned_anew=is_planned_anew)
        return cast("list[tuple[Any, ...]]", rows)


def is_watched(engine: Any) -> bool:
    """Whether statements must take Django's way, for whoever counts them; if not, the connection is good."""
    if engine.queries_logged or engine.execute_wrappers:
        return True
    engine.close_if_health_check_failed()
    engine.ensure_connection()
    engine.validate_thread_sharing()
    engine.validate_no_broken_transaction()
    return False


def _fix(
    written: tuple[str, Sequence[Any]], places: Places, stand_ins: Mapping[str, object]
) -> tuple[str, list[Any], Mapping[str, tuple[int, ...]]]:
    """A statement for stand-ins as it is for all values, with the positions that each name fills."""
    sql, parameters = written
    return _spell_out(sql, [*map(_unwrap, parameters)], places.find(parameters, stand_ins))


def _spell_out(
    sql: str, parameters: Sequence[Any], positions: Mapping[str, tuple[int, ...]]
) -> tuple[str, list[Any], Mapping[str, tuple[int, ...]]]:
    """The statement with what is the same for all values written into it.

    An index over some rows alone, as those of members, serves a plan that knows that these are asked for.
    """
    filled = {position for where in positions.values() for position in where}
    pieces = _PLACE.split(sql)
    kept, written = [], [pieces[0]]
    for position, (value, piece) in enumerate(zip(parameters, pieces[1:], strict=True)):
        literal = None if position in filled else _write_literal(value)
        if literal is None:
            kept.append(position)
        written += ("%s" if literal is None else literal, piece)
    moved = {name: tuple(map(kept.index, where)) for name, where in positions.items()}
    return "".join(written), [parameters[position] for position in kept], moved


def _write_literal(value: object) -> str | None:
    """Plain words and small numbers as every engine reads them; None for what else there is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__repr__(value) if 0 <= value < 2**31 else None
    return f"'{value}'" if isinstance(value, str) and _WORD.fullmatch(value) else None


def _read_shape(compiler: SQLCompiler, info: Mapping[str, Any]) -> _Shape:
    """What Django found out about the columns while it wrote the SQL."""
    columns: Sequence[int] = info["select_fields"]
    select = compiler.select or []
    names = [select[column][0].target.attname for column in columns]
    related = tuple(
        _Related(_read_shape(compiler, each), each["local_setter"], each["remote_setter"])
        for each in info.get("related_klass_infos", ())
    )
    model: type[models.Model] = info["model"]
    key = columns[names.index(model._meta.pk_fields[0].attname)]
    annotations = compiler.annotation_col_map if info is compiler.klass_info else None
    return _Shape(model, _reader_of(columns), names, key, related, tuple((annotations or {}).items()))


def _reader_of(columns: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What gives the values of these columns, which mostly stand side by side."""
    first, last = columns[0], columns[-1]
    if [*columns] == [*range(first, last + 1)]:
        return itemgetter(slice(first, last + 1))
    return lambda row: [row[column] for column in columns]


def _make(shape: _Shape, row: Sequence[Any]) -> Any:
    """An object of a row, as Django's own iterator makes it."""
    made: Any = read_object(shape.model, shape.names, shape.values(row))
    for related in shape.related:
        # No part of a key is empty but where an outer join found nothing.
        other = _make(related.shape, row) if row[related.shape.key] is not None else None
        related.set_here(made, other)
        if other is not None:
            related.set_there(other, made)
    for name, column in shape.annotations:
        setattr(made, name, row[column])
    return made


def find_adapter(field: "Field[Any, Any]") -> Callable[[Any], object]:
    """How the engine wants a value of this kind: what the field itself would find out anew each time."""
    if isinstance(field, models.UUIDField):
        return _as_it_is if connection.features.has_native_uuid_field else attrgetter("hex")
    if isinstance(field, models.DateTimeField):
        return write_instant if connection.vendor == "sqlite" else _as_it_is
    return _unwrap


def _as_it_is(value: object) -> object:
    return value


def _unwrap(value: object) -> object:
    """The text or number of a named one: drivers look at length for what anything else might be."""
    return value.value if isinstance(value, Enum) else value


def _stand_in(field: "Field[Any, Any]", name: str) -> object:
    """A value of the field's kind that stands nowhere else in the query."""
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return datetime(1901, 2, 3, 4, 5, 6, uuid.uuid4().int % 1_000_000, tzinfo=UTC)
    if isinstance(field, models.IntegerField):
        return uuid.uuid4().int % 2**62
    return f"{name} {uuid.uuid4()}"
