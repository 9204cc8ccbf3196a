"""Many rows of one table at once, in the database's own fast way.

Django's `bulk_create` writes one statement that names each value anew, and preparing that costs many times
what the database needs to store the rows. Here a table's fields are looked at once, and rows go through COPY
on PostgreSQL and one prepared statement on SQLite: see `insert_rows` and `upsert_rows` of both engines.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any, Final

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.base import ModelState

type Convert = Callable[[Any], Any]
type Row = Sequence[Any]

KEY: Final = ("tenant_id", "id")
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Table:
    """Where rows of a model go, and which of its fields' values become others for the driver."""

    name: str
    columns: tuple[str, ...]
    converters: tuple[tuple[int, Convert], ...]

    def tuples(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, given as values of the fields, as the driver takes them."""
        if not self.converters:
            yield from rows
            return
        for row in rows:
            values = list(row)
            for place, convert in self.converters:
                value = values[place]
                if value is not None:
                    values[place] = convert(value)
            yield values


def make_object[M: models.Model](model: type[M], **values: Any) -> M:
    """An object with these attributes, all else as its fields' defaults: a tenth of what its class takes.

    Not for fields that make their defaults anew: those must be given.
    """
    made = _bare(model)
    made.__dict__.update(_defaults_of(model))
    made.__dict__.update(values)
    return made


def read_object[M: models.Model](model: type[M], names: Sequence[str], values: Row) -> M:
    """An object of a row that is in the database, as its class's `from_db` makes it."""
    read = _bare(model)
    read.__dict__.update(zip(names, values, strict=True))
    _set_stored(read)
    return read


def insert(model: type[models.Model], rows: Sequence[models.Model], *, waits: bool = True) -> None:
    """Insert rows that are not there yet. Raises IntegrityError, as the ORM does; then none is there.

    Without waiting it may be raised later, at the end of the caller's transaction at the latest.
    """
    _check(rows)
    insert_values(model, _names_of(model), map(_reader_of(model), rows), waits=waits)
    _settle(rows)


def insert_values(
    model: type[models.Model], names: tuple[str, ...], rows: Iterable[Row], *, waits: bool = True
) -> None:
    """The same of rows of which there are no objects: the values of these fields, which are all of them.

    An id may be its 32 hex digits. A row that is made for nothing but being written costs as an object many
    times what it does so.
    """
    engine: Any = connections[DEFAULT_DB_ALIAS]
    table = table_of(model, names)
    with transaction.atomic(savepoint=False):
        engine.insert_rows(table.name, table.columns, table.tuples(rows), waits=waits)


def update(
    model: type[models.Model], rows: Sequence[models.Model], fields: Sequence[str], *, waits: bool = True
) -> None:
    """Write these fields of rows that are there, by their key, `KEY`; one that is gone stays so.

    No statement for no rows. Without waiting, what the database refuses may be raised later, as of `insert`.
    """
    if not rows:
        return
    engine: Any = connections[DEFAULT_DB_ALIAS]
    names = (*map(partial(_attribute, model), fields), *KEY)
    table, read = table_of(model, names), attrgetter(*names)
    _check(rows)
    with transaction.atomic(savepoint=False):
        values = table.tuples(map(read, rows))
        engine.update_rows(table.name, table.columns, values, KEY, waits=waits)


def check_at_once() -> None:
    """Have each statement of this transaction check what it refers to, where that would wait for the end.

    What is written without waiting is then checked without waiting as well.
    """
    engine: Any = connections[DEFAULT_DB_ALIAS]
    engine.check_at_once()


def look_at_grown(tables: Sequence[type[models.Model]], rows: int) -> None:
    """Let the database find out that these tables have grown to so many rows, where it does not know yet."""
    engine: Any = connections[DEFAULT_DB_ALIAS]
    engine.look_at_grown([model._meta.db_table for model in tables], rows)


def upsert(model: type[models.Model], rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Insert rows, or write these fields of those that are there by their key, `KEY`."""
    engine: Any = connections[DEFAULT_DB_ALIAS]
    table = table_of(model, _names_of(model))
    columns = [_column(model, name) for name in fields]
    values = table.tuples(map(_reader_of(model), rows))
    _check(rows)
    with transaction.atomic(savepoint=False):
        engine.upsert_rows(table.name, table.columns, values, KEY, columns)
    _settle(rows)


@cache
def can_take(model: type[models.Model]) -> bool:
    """Whether rows of a model can go this way: nothing in them is made by the database or the ORM."""
    meta = model._meta
    return not meta.parents and not any(
        isinstance(field, models.AutoField)
        or field.generated
        or field.has_db_default()
        or type(field).pre_save is not models.Field.pre_save
        for field in meta.concrete_fields
        if not (isinstance(field, models.DateTimeField) and not (field.auto_now or field.auto_now_add))
    )


@cache
def table_of(model: type[models.Model], names: tuple[str, ...]) -> Table:
    """How values of these fields, by their attributes' names, are written to this installation's database."""
    vendor = connections[DEFAULT_DB_ALIAS].vendor
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    found = [(place, _converter(field, vendor)) for place, field in enumerate(fields)]
    return Table(
        model._meta.db_table,
        tuple(str(field.column) for field in fields),
        tuple((place, convert) for place, convert in found if convert),
    )


def _bare[M: models.Model](model: type[M]) -> M:
    # What the class itself does beside is for values that must be looked at, and for signals: no model of
    # ours has any.
    bare = model.__new__(model)
    bare._state = ModelState()  # noqa: SLF001  the ORM's own
    return bare


@cache
def _defaults_of(model: type[models.Model]) -> Mapping[str, Any]:
    return {field.attname: _default_of(field) for field in model._meta.concrete_fields}


def _default_of(field: "models.Field[Any, Any]") -> Any:
    makes_anew = field.has_default() and callable(field.default)
    return None if makes_anew else field.get_default()


@cache
def _names_of(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _reader_of(model: type[models.Model]) -> Callable[[models.Model], Row]:
    read: Callable[[models.Model], Row] = attrgetter(*_names_of(model))
    return read


def _attribute(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.attname)


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _converter(field: "models.Field[Any, Any]", vendor: str) -> Convert | None:
    """What makes a field's value one of the driver's; None where it is one already."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    for kind, convert in _SQLITE if vendor == "sqlite" else _POSTGRESQL:
        if isinstance(field, kind):
            return convert
    engine = connections[DEFAULT_DB_ALIAS]
    return lambda value: field.get_db_prep_save(value, engine)


def write_instant(value: datetime) -> str:
    """An instant as Django's engine writes it for SQLite, which has no kind of its own for it."""
    if value.tzinfo is UTC:
        # What is written behind it is "+00:00".
        return str(value)[:-6]
    return str(value.astimezone(UTC).replace(tzinfo=None))


def _write_id(value: uuid.UUID | str) -> str:
    if isinstance(value, uuid.UUID):
        return value.hex
    return value if len(value) == _ID_DIGITS else uuid.UUID(value).hex


def _write_json(value: Any) -> msgspec.Raw:
    return _NO_ITEMS if value == [] else msgspec.Raw(json.dumps(value).encode())


_NO_ITEMS: Final = msgspec.Raw(b"[]")
# Most kinds are subclasses of those that take text or numbers: an enumeration's member counts as its value.
_SQLITE: Final[tuple[tuple[type, Convert | None], ...]] = (
    (models.UUIDField, _write_id),
    (models.DateTimeField, write_instant),
    (models.JSONField, json.dumps),
    (models.BooleanField, int),
    (models.IntegerField, int),
    (models.CharField, str),
    (models.TextField, str),
)
# PostgreSQL is told text anyway, which its engine makes of whatever it is.
_POSTGRESQL: Final[tuple[tuple[type, Convert | None], ...]] = (
    (models.JSONField, _write_json),
    (models.Field, None),
)


def _check(rows: Sequence[models.Model]) -> None:
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="bulk_create")  # type: ignore[attr-defined]  # noqa: SLF001  Django has no other


def _settle(rows: Sequence[models.Model]) -> None:
    """As after the ORM: these rows are in the database."""
    for row in rows:
        _set_stored(row)


def _set_stored(row: models.Model) -> None:
    state: Any = row._state  # noqa: SLF001  the ORM's own mark of a row that is stored
    state.adding, state.db = False, DEFAULT_DB_ALIAS
