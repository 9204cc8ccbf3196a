"""Rows while a query is compiled: a named subquery, its columns, and the order that it is in."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tidegate.hunting.compiling.statements import Select, Statement
from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import Place, QueryError, QueryTooCostly, quote
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind

MOST_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what the query calls it, and what SQL does."""

    name: str
    kind: Kind
    ident: str
    nullable: bool = False

    @property
    def term(self) -> Term:
        """The column as an expression."""
        return Term(self.kind, Sql(self.ident), self.nullable)


@dataclass(frozen=True, slots=True)
class Order:
    """One thing that rows are in order of; its column may be one that the query does not see."""

    ident: str
    is_descending: bool
    nulls_first: bool
    is_text: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows. `tenant` is the name of the column that says whose each is, where a run keeps it."""

    source: str
    columns: tuple[Column, ...]
    order: tuple[Order, ...] = ()
    tenant: str = ""

    def find(self, name: str, at: Place) -> Column:
        """The column of that name. Raises QueryError, with the name that was probably meant."""
        for column in self.columns:
            if column.name == name:
                return column
        raise QueryError(f"There is no column {quote(name)} here{suggest(name, self.names)}", at)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def tenant_column(self) -> Column | None:
        """The column that says whose each row is."""
        return next((column for column in self.columns if column.name == self.tenant), None)


def suggest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a name that is not known."""
    names = list(known)
    same = [each for each in names if each.casefold() == name.casefold()]
    close = same or difflib.get_close_matches(name, names, 1, 0.6)
    return f"; did you mean {close[0]}?" if close else "."


def keep_rows(statement: Statement, rows: Relation, tail: Sql) -> Relation:
    """The same columns of fewer rows."""
    rest = Sql.join("", [Sql(f"FROM {rows.source} "), tail])
    return replace(rows, source=statement.add(Select((), rest, passes_all=True)))


def add_columns(statement: Statement, rows: Relation, outputs: Sequence[tuple[str, Sql]]) -> Relation:
    """The same rows with more columns, which no query sees."""
    select = Select(tuple(outputs), Sql(f"FROM {rows.source}"), passes_all=True)
    return replace(rows, source=statement.add(select))


def project(
    statement: Statement, rows: Relation, items: Sequence[tuple[str, Term]], *, is_distinct: bool = False
) -> Relation:
    """Other columns of the same rows, in the same order. Raises QueryTooCostly for too many."""
    if len(items) > MOST_COLUMNS:
        raise QueryTooCostly(f"The query makes more than {MOST_COLUMNS} columns.")
    columns = tuple(Column(name, term.kind, statement.name("c"), term.nullable) for name, term in items)
    outputs = [(column.ident, term.sql) for column, (_, term) in zip(columns, items, strict=True)]
    order = tuple(replace(each, ident=statement.name("o")) for each in rows.order)
    outputs += [(new.ident, Sql(old.ident)) for new, old in zip(order, rows.order, strict=True)]
    rest = Sql(f"FROM {rows.source}" if rows.source else "")
    select = Select(tuple(outputs), rest, keeps_all=is_distinct, is_distinct=is_distinct)
    return Relation(statement.add(select), columns, order, rows.tenant)


def order_by(rows: Relation, collate: str) -> Sql:
    """`ORDER BY` of the order that rows are in; empty where they are in none."""
    keys = []
    for order in rows.order:
        ident = collate.replace("{0}", order.ident) if order.is_text else order.ident
        direction = "DESC" if order.is_descending else "ASC"
        keys.append(f"{ident} {direction} NULLS {'FIRST' if order.nulls_first else 'LAST'}")
    return Sql("ORDER BY " + ", ".join(keys) if keys else "")
