"""The SQL of each way, put together of what the ORM writes: it says what a row must be, we say where to look.

Keys come first (tenant and id), so that no more whole rows are read than a page has. Each statement is small,
rather than one that holds all: SQLite's parser takes only so many queries within each other.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Model, QuerySet, UUIDField
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable

from tidegate.core.paging import SortKey
from tidegate.incidents.newest.engines import choose_engine
from tidegate.incidents.newest.questions import REACHED
from tidegate.incidents.words import Severity

type Key = tuple[uuid.UUID, uuid.UUID]
type Asked = tuple[Any, ...]

_ID: Final = UUIDField()
# Where a FROM will say what it reads, once that is known. No column, word or parameter looks like it.
_HERE: Final = "{here}"


@dataclass(frozen=True, slots=True)
class Sql:
    """A query's text, and its parameters in the order of their places."""

    text: str
    parameters: tuple[Any, ...]


class _Source(BaseTable):
    """What stands in a FROM where a table stood, under the table's name."""

    def __init__(self, table: str, sql: Sql) -> None:
        super().__init__(table, table)
        self._sql = sql

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL."""
        return self._sql.text, self._sql.parameters


def keys_among[M: Model](
    rows: QuerySet[M], among: QuerySet[M], order: Sequence[SortKey], most: int
) -> list[Key]:
    """The first keys of a list, looked for in nothing but `among`: a slice of the same table.

    `among` is read as narrow as the list's conditions allow, so that an index may hold all of it.
    """
    keys = rows.order_by(*map(str, order)).values_list("tenant_id", "id")[:most]
    table = rows.model._meta.db_table
    asked = _compile(_read_from(keys, Sql(_HERE, ())))
    named = set(re.findall(rf'"{re.escape(table)}"\."(\w+)"', asked.text))
    fields = [field.attname for field in rows.model._meta.concrete_fields if field.column in named]
    narrow = _compile(among.values_list(*fields))
    text = asked.text.replace(_HERE, f'({narrow.text}) "{table}"')
    return _read_keys(Sql(text, narrow.parameters + asked.parameters))


def outside(tenant_ids: QuerySet[Any, Any], severities: Sequence[Severity]) -> Sql:
    """All these tenants, each once, to be asked one at a time; each with each severity if any are given."""
    tenants = _compile(tenant_ids.distinct())
    if not severities:
        return Sql(f"({tenants.text})", tenants.parameters)
    levels = " UNION ALL ".join(f'SELECT {int(level)} AS "severity"' for level in severities)
    columns = '"t"."tenant_id", "s"."severity"'
    text = f'(SELECT {columns} FROM ({tenants.text}) "t" CROSS JOIN ({levels}) "s")'  # noqa: S608
    return Sql(text, tenants.parameters)


def outside_named(named: Sequence[Asked]) -> Sql:
    """These few, to be asked one at a time: a tenant each, or a tenant and a severity."""
    rows = (
        'SELECT %s AS "tenant_id"' + (f', {int(severity[0])} AS "severity"' if severity else "")
        for _, *severity in named
    )
    ids = tuple(_ID.get_db_prep_value(tenant_id, connection) for tenant_id, *_ in named)
    return Sql(f"({' UNION ALL '.join(rows)})", ids)


def keys_of_each[M: Model](asked: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: int) -> list[Key]:
    """The first keys of all that a list has in what is asked one at a time."""
    columns = '"newest"."tenant_id", "newest"."id"'
    return _read_keys(_write_each(asked, rows, order, (most, most), columns))


def first_of_each[M: Model](
    asked: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: int, *, by_severity: bool
) -> list[Asked]:
    """Of what is asked one at a time, the first ones: those whose own first row comes first."""
    columns = ("tenant_id", "severity") if by_severity else ("tenant_id",)
    names = ", ".join(f'"{REACHED}"."{column}"' for column in columns)
    found = _ask(_write_each(asked, rows, order, (1, most), names))
    return [(_read_id(tenant_id), *severity) for tenant_id, *severity in found]


def read_rows[M: Model](rows: QuerySet[M], keys: Sequence[Key], order: Sequence[SortKey]) -> list[M]:
    """The whole rows of these keys, in order. `rows` says what of them is read, and has no condition."""
    if not keys:
        return []
    table = rows.model._meta.db_table
    named = " UNION ALL ".join(['SELECT %s AS "tenant_id", %s AS "id"'] * len(keys))
    ids = tuple(_ID.get_db_prep_value(one, connection) for key in keys for one in key)
    source = Sql(choose_engine().join_keys(f"({named})", table), ids)
    return list(_read_from(rows.order_by(*map(str, order)), source))


def _write_each[M: Model](
    asked: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: tuple[int, int], columns: str
) -> Sql:
    """These columns of the first rows, at most so many of each that is asked, and so many in all."""
    engine, (of_each, in_all) = choose_engine(), most
    inner = _compile(engine.select_row(rows.order_by(*map(str, order)))[:of_each])
    join = engine.join_each(asked.text, inner.text, rows.model._meta.db_table)
    text = f"SELECT {columns} FROM {join} ORDER BY {_in_order(order)} LIMIT {in_all:d}"  # noqa: S608
    return Sql(text, asked.parameters + inner.parameters)


def _ask(sql: Sql) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.parameters)
        found: list[Any] = cursor.fetchall()
    return found


def _read_keys(sql: Sql) -> list[Key]:
    return [(_read_id(tenant_id), _read_id(id_)) for tenant_id, id_ in _ask(sql)]


def _read_from[Q: QuerySet[Any, Any]](rows: Q, source: Sql) -> Q:
    changed = rows.all()
    table = changed.query.get_initial_alias()
    changed.query.alias_map[table] = _Source(table, source)
    return changed


def _compile(rows: QuerySet[Any, Any]) -> Sql:
    text, parameters = rows.query.get_compiler(using=connection.alias).as_sql()
    return Sql(text, tuple(parameters))


def _read_id(value: Any) -> uuid.UUID:
    """An id as this database gives it."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _in_order(order: Sequence[SortKey]) -> str:
    return ", ".join(f'"newest"."{key.field}" {"DESC" if key.descending else "ASC"}' for key in order)
