"""The SQL of each way, put together of what the ORM writes: it says what a row must be, we say where to look.

Keys come first (tenant and id), so that no more whole rows are read than a page has. Each statement is small,
rather than one that holds all: SQLite's parser takes only so many queries within each other.
"""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable

from tidegate.core.converting import read_id
from tidegate.core.paging import SortKey
from tidegate.core.prepared import UUID, PreparedObjects, find_adapter, run_statement
from tidegate.incidents.newest.engines import choose_engine
from tidegate.incidents.newest.questions import REACHED
from tidegate.incidents.words import Severity

type Key = tuple[uuid.UUID, uuid.UUID]
type Asked = tuple[Any, ...]
type Show[M: Model] = Callable[[], QuerySet[M]]
"""What of a table's rows is read, without any condition; always the same."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A query's text, and its parameters in the order of their places; ready if the driver takes them so."""

    text: str
    parameters: tuple[Any, ...] = ()
    is_ready: bool = False

    def reading(self, source: "Sql", around: str = "") -> "Sql":
        """The same, reading this where that is yet to be said; with something around it, if given."""
        text = (around or HERE.text).replace(HERE.text, source.text)
        return replace(
            self, text=self.text.replace(HERE.text, text), parameters=source.parameters + self.parameters
        )


HERE: Final = Sql("{here}")
"""Where a FROM will say what it reads, once that is known. No column, word or parameter looks like it."""


class _Source(BaseTable):
    """What stands in a FROM where a table stood, under the table's name."""

    def __init__(self, table: str, sql: Sql) -> None:
        super().__init__(table, table)
        self._sql = sql

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL."""
        return self._sql.text, self._sql.parameters


def write_among[M: Model](rows: QuerySet[M], among: QuerySet[M], order: Sequence[SortKey], most: int) -> Sql:
    """For the first keys of a list, looked for in nothing but `among`: a slice of the same table.

    `among` is read as narrow as the list's conditions allow, so that an index may hold all of it.
    """
    keys = rows.order_by(*map(str, order)).values_list("tenant_id", "id")[:most]
    table = rows.model._meta.db_table
    asked = _compile(_read_from(keys, HERE))
    named = set(re.findall(rf'"{re.escape(table)}"\."(\w+)"', asked.text))
    fields = [field.attname for field in rows.model._meta.concrete_fields if field.column in named]
    return asked.reading(_compile(among.values_list(*fields)), f'({HERE.text}) "{table}"')


def write_outside(tenant_ids: QuerySet[Any, Any], severities: Sequence[Severity]) -> Sql:
    """All these tenants, each once, to be asked one at a time; each with each severity if any are given."""
    tenants = _compile(tenant_ids.distinct())
    if not severities:
        return Sql(f"({tenants.text})", tenants.parameters)
    levels = " UNION ALL ".join(f'SELECT {int(level)} AS "severity"' for level in severities)
    columns = '"t"."tenant_id", "s"."severity"'
    text = f'(SELECT {columns} FROM ({tenants.text}) "t" CROSS JOIN ({levels}) "s")'  # noqa: S608
    return Sql(text, tenants.parameters)


def write_named(named: Sequence[Asked]) -> Sql:
    """These few, to be asked one at a time: a tenant each, or a tenant and a severity."""
    rows = (
        'SELECT %s AS "tenant_id"' + (f', {int(severity[0])} AS "severity"' if severity else "")
        for _, *severity in named
    )
    ids = tuple(map(find_adapter(UUID), map(itemgetter(0), named)))
    return Sql(f"({' UNION ALL '.join(rows)})", ids)


def write_keys_of_each[M: Model](outside: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: int) -> Sql:
    """For the first keys of all that a list has in what is asked one at a time."""
    columns = '"newest"."tenant_id", "newest"."id"'
    return _write_each(outside, rows, order, (most, most), columns)


def write_first_of_each[M: Model](
    outside: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: int, *, by_severity: bool
) -> Sql:
    """For the first ones of what is asked one at a time: those whose own first row comes first."""
    columns = ("tenant_id", "severity") if by_severity else ("tenant_id",)
    names = ", ".join(f'"{REACHED}"."{column}"' for column in columns)
    return _write_each(outside, rows, order, (1, most), names)


def read_keys(sql: Sql) -> list[Key]:
    """The keys that a statement finds."""
    return [(read_id(tenant_id), read_id(id_)) for tenant_id, id_ in _ask(sql)]


def read_first(sql: Sql) -> list[Asked]:
    """What comes first of what a statement asks one at a time."""
    return [(read_id(tenant_id), *severity) for tenant_id, *severity in _ask(sql)]


def read_rows[M: Model](show: Show[M], keys: Sequence[Key], order: Sequence[SortKey]) -> list[M]:
    """The whole rows of these keys, in order."""
    if not keys:
        return []
    rows = _rows_shown(show, tuple(order))
    text, parameters = rows.put({})
    named = " UNION ALL ".join(['SELECT %s AS "tenant_id", %s AS "id"'] * len(keys))
    source = Sql(f"({named})", tuple(map(find_adapter(UUID), chain.from_iterable(keys))))
    return rows.make(_ask(Sql(text, tuple(parameters), is_ready=True).reading(source)))


@lru_cache(maxsize=64)
def _rows_shown[M: Model](show: Show[M], order: tuple[SortKey, ...]) -> PreparedObjects[M]:
    """What is shown of a table's rows, joined with the keys that are yet to be said."""

    def build() -> QuerySet[M]:
        rows = show()
        source = Sql(choose_engine().join_keys(HERE.text, rows.model._meta.db_table))
        return _read_from(rows.order_by(*map(str, order)), source)

    return PreparedObjects(build)


def _write_each[M: Model](
    outside: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: tuple[int, int], columns: str
) -> Sql:
    """These columns of the first rows, at most so many of each that is asked, and so many in all."""
    engine, (of_each, in_all) = choose_engine(), most
    inner = _compile(engine.select_row(rows.order_by(*map(str, order)))[:of_each])
    join = engine.join_each(HERE.text, inner.text, rows.model._meta.db_table)
    text = f"SELECT {columns} FROM {join} ORDER BY {_in_order(order)} LIMIT {in_all:d}"  # noqa: S608
    return Sql(text, inner.parameters).reading(outside)


def _ask(sql: Sql) -> list[Any]:
    if sql.is_ready:
        # Planned for its values: one reader has ten tenants, and another ten thousand.
        return run_statement(sql.text, list(sql.parameters), is_planned_anew=True)
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.parameters)
        found: list[Any] = cursor.fetchall()
    return found


def _read_from[Q: QuerySet[Any, Any]](rows: Q, source: Sql) -> Q:
    changed = rows.all()
    table = changed.query.get_initial_alias()
    changed.query.alias_map[table] = _Source(table, source)
    return changed


def _compile(rows: QuerySet[Any, Any]) -> Sql:
    text, parameters = rows.query.get_compiler(using=connection.alias).as_sql()
    return Sql(text, tuple(parameters))


def _in_order(order: Sequence[SortKey]) -> str:
    return ", ".join(f'"newest"."{key.field}" {"DESC" if key.descending else "ASC"}' for key in order)
