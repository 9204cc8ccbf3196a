"""Rows while a query is compiled: a named subquery, its columns, and the order that it is in."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import Place, QueryError, QueryTooCostly, quote
from tidegate.hunting.fragments import LONGEST_SQL, Sql
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


@dataclass(slots=True)
class Statement:
    """The subqueries made so far, each under a name of its own."""

    parts: list[tuple[str, Sql]] = field(default_factory=list)
    _numbers: int = 0
    _length: int = 0

    def name(self, prefix: str) -> str:
        """A name that nothing else in the statement has."""
        self._numbers += 1
        return f"{prefix}{self._numbers}"

    def add(self, select: Sql, head: str = "") -> str:
        """Name a subquery; `head` is its list of columns where it does not name them itself."""
        name = self.name("t")
        self._length += len(select.text)
        if self._length > LONGEST_SQL:
            raise QueryTooCostly("The query is too large: its expressions repeat each other too often.")
        self.parts.append((f"{name}{head}", select))
        return name

    def keep(self, rows: Relation, tail: Sql) -> Relation:
        """The same columns of fewer rows."""
        source = self.add(Sql.join("", [Sql(f"SELECT * FROM {rows.source} "), tail]))
        return replace(rows, source=source)

    def project(
        self, rows: Relation, items: Sequence[tuple[str, Term]], tail: Sql | None = None, *, word: str = ""
    ) -> Relation:
        """Other columns of the same rows, in the same order. Raises QueryError for too many."""
        if len(items) > MOST_COLUMNS:
            raise QueryTooCostly(f"The query makes more than {MOST_COLUMNS} columns.")
        columns = tuple(Column(name, term.kind, self.name("c"), term.nullable) for name, term in items)
        outputs = [
            Sql.join("", [term.sql, Sql(f" AS {column.ident}")])
            for column, (_, term) in zip(columns, items, strict=True)
        ]
        outputs += [Sql(order.ident) for order in rows.order]
        origin = f" FROM {rows.source} " if rows.source else " "
        parts = [Sql(f"SELECT {word}"), Sql.join(", ", outputs or [Sql("1")]), Sql(origin), tail or Sql("")]
        return Relation(self.add(Sql.join("", parts)), columns, rows.order, rows.tenant)

    def finish(self, select: Sql) -> Sql:
        """The whole statement, which ends with this."""
        parts = [
            Sql.join("", [Sql(f"{head} AS NOT MATERIALIZED ("), part, Sql(")")]) for head, part in self.parts
        ]
        if not parts:
            return select
        return Sql.join("", [Sql("WITH "), Sql.join(", ", parts), Sql(" "), select])


def order_by(rows: Relation, collate: str) -> Sql:
    """`ORDER BY` of the order that rows are in; empty where they are in none."""
    keys = []
    for order in rows.order:
        ident = collate.replace("{0}", order.ident) if order.is_text else order.ident
        direction = "DESC" if order.is_descending else "ASC"
        keys.append(f"{ident} {direction} NULLS {'FIRST' if order.nulls_first else 'LAST'}")
    return Sql("ORDER BY " + ", ".join(keys) if keys else "")
