"""The SQL of each way, put together of what the ORM writes: it says what a row must be, we say where to look.

Keys come first (tenant, id, time), so that no more whole rows are read than a page has.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable

from tidegate.core.paging import SortKey
from tidegate.incidents.newest.engines import choose_engine
from tidegate.incidents.newest.questions import REACHED
from tidegate.incidents.words import Severity

_KEYS: Final = ("tenant_id", "id", "created_at")


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

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> tuple[str, list[Any]]:
        """The SQL."""
        return self._sql.text, list(self._sql.parameters)


def keys_among[M: Model](rows: QuerySet[M], among: QuerySet[M], order: Sequence[SortKey], most: int) -> Sql:
    """The first keys of a list, looked for in nothing but `among`: an ordered slice of the same table.

    `among` is read as narrow as the list's conditions allow, so that an index may hold all of it.
    """
    keys = rows.order_by(*map(str, order)).values_list(*_KEYS)[:most]
    table = rows.model._meta.db_table
    named = set(re.findall(rf'"{re.escape(table)}"\."(\w+)"', _compile(keys).text))
    fields = [field.attname for field in rows.model._meta.concrete_fields if field.column in named]
    narrow = _compile(among.values_list(*fields))
    return _compile(_read_from(keys, Sql(f'({narrow.text}) "{table}"', narrow.parameters)))


def outside(tenant_ids: QuerySet[Any, Any], severities: Iterable[Severity]) -> Sql:
    """The tenants that are asked one at a time, once each; each with each severity if any are given."""
    tenants = _compile(tenant_ids.distinct())
    levels = " UNION ALL ".join(f'SELECT {int(level)} AS "severity"' for level in severities)
    if not levels:
        return Sql(f"({tenants.text})", tenants.parameters)
    columns = '"t"."tenant_id", "s"."severity"'
    text = f'(SELECT {columns} FROM ({tenants.text}) "t" CROSS JOIN ({levels}) "s")'  # noqa: S608
    return Sql(text, tenants.parameters)


def keys_of_each[M: Model](asked: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: int) -> Sql:
    """The first keys of all that a list has in what is asked one at a time."""
    keys = ", ".join(f'"newest"."{column}"' for column in _KEYS)
    return _ask_each(asked, rows, order, (most, most), keys)


def first_of_each[M: Model](
    asked: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: int, *, by_severity: bool
) -> Sql:
    """Of what is asked one at a time, the first ones: those whose own first row comes first."""
    severity = f', "{REACHED}"."severity"' if by_severity else ""
    found = _ask_each(asked, rows, order, (1, most), f'"{REACHED}"."tenant_id"{severity}')
    return Sql(f"({found.text})", found.parameters)


def read_rows[M: Model](rows: QuerySet[M], keys: Sql, order: Sequence[SortKey]) -> list[M]:
    """The whole rows of these keys, in order. `rows` says what of them is read, and has no condition."""
    table = rows.model._meta.db_table
    text = choose_engine().join_keys(keys.text, table)
    return list(_read_from(rows.order_by(*map(str, order)), Sql(text, keys.parameters)))


def _ask_each[M: Model](
    asked: Sql, rows: QuerySet[M], order: Sequence[SortKey], most: tuple[int, int], columns: str
) -> Sql:
    """These columns of the first rows, at most so many of each that is asked, and so many in all."""
    engine, (of_each, in_all) = choose_engine(), most
    inner = _compile(engine.select_row(rows.order_by(*map(str, order)), _KEYS)[:of_each])
    join = engine.join_each(asked.text, inner.text, rows.model._meta.db_table)
    text = f"SELECT {columns} FROM {join} ORDER BY {_in_order(order)} LIMIT {in_all:d}"  # noqa: S608
    return Sql(text, asked.parameters + inner.parameters)


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
