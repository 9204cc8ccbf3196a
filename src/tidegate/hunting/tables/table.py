"""What a table is: where its rows come from, and how each column is made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.hunting.compiling.terms import Term, Terms
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.window import Window

type Rows = Callable[[Scope | ManyScope], QuerySet[Any]]
type Make = Callable[[Terms, Mapping[str, Sql]], Term]

TENANT: Final = "TenantId"
TIME: Final = "Timestamp"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: its name and type, what it holds, and how it is made of the rows' fields."""

    name: str
    kind: Kind
    meaning: str
    make: Make


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `rows` are those that a scope lets see; `time` is the field that a window is about.

    `documents` are fields that hold JSON as text.
    """

    name: str
    meaning: str
    rows: Rows
    time: str
    fields: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    documents: frozenset[str] = frozenset()

    def select(self, scope: Scope | ManyScope, window: Window, fields: Sequence[str]) -> Sql:
        """Some fields of the rows in scope within a window of time."""
        rows = self.rows(scope)
        if window.since:
            rows = rows.filter(**{f"{self.time}__gte": window.since})
        if window.until:
            rows = rows.filter(**{f"{self.time}__lt": window.until})
        text, params = rows.order_by().values_list(*fields).query.sql_with_params()
        return Sql(text, tuple(params))


def text(name: str, field: str, meaning: str) -> TableColumn:
    """A field that is a text."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return terms.make("coalesce({0}, '')", Kind.STRING, Term(Kind.STRING, fields[field]), nullable=False)

    return TableColumn(name, Kind.STRING, meaning, _collated(make))


def identifier(name: str, field: str, meaning: str) -> TableColumn:
    """A field that is a UUID, in its canonical form."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return terms.apply("uuid", Kind.STRING, Term(Kind.STRING, fields[field]))

    return TableColumn(name, Kind.STRING, meaning, _collated(make))


def number(name: str, field: str, meaning: str) -> TableColumn:
    """A field that is a whole number."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return Term(Kind.LONG, fields[field], nullable=True)

    return TableColumn(name, Kind.LONG, meaning, make)


def instant(name: str, field: str, meaning: str, *, nullable: bool = False) -> TableColumn:
    """A field that is an instant."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return terms.apply("instant", Kind.DATETIME, Term(Kind.DATETIME, fields[field], nullable))

    return TableColumn(name, Kind.DATETIME, meaning, make)


def words(name: str, field: str, known: Mapping[str, str] | Mapping[int, str], meaning: str) -> TableColumn:
    """A field in other words; a word that is not known stays as it is. The words are ours, and plain."""
    whens = " ".join(f"WHEN {_literal(key)} THEN {_literal(word)}" for key, word in known.items())
    is_number = all(isinstance(key, int) for key in known)
    template = f"(CASE {{0}} {whens} ELSE {_literal('') if is_number else '{0}'} END)"

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return terms.make(template, Kind.STRING, Term(Kind.STRING, fields[field]), nullable=False)

    return TableColumn(name, Kind.STRING, meaning, _collated(make))


def member(name: str, field: str, paths: Sequence[str], meaning: str) -> TableColumn:
    """The first member of a JSON field that is a text and not empty, by its paths such as `a.b`."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        found = [_member(terms, "json_text", fields[field], path, Kind.STRING) for path in paths]
        if len(found) == 1:
            return found[0]
        parts = [terms.make("NULLIF({0}, '')", Kind.STRING, term).sql for term in found]
        sql = Sql.join("", [Sql("coalesce("), Sql.join(", ", parts), Sql(", '')")])
        return Term(Kind.STRING, sql)

    return TableColumn(name, Kind.STRING, meaning, _collated(make))


def number_member(name: str, field: str, path: str, meaning: str) -> TableColumn:
    """A member of a JSON field that is a whole number."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return _member(terms, "json_long", fields[field], path, Kind.LONG)

    return TableColumn(name, Kind.LONG, meaning, make)


def value_member(name: str, field: str, path: str, meaning: str) -> TableColumn:
    """A member of a JSON field, as it is."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return _member(terms, "json_value", fields[field], path, Kind.DYNAMIC)

    return TableColumn(name, Kind.DYNAMIC, meaning, make)


def value(name: str, field: str, meaning: str, *, is_json_column: bool = False) -> TableColumn:
    """A field that is JSON: kept as a text, or as the database keeps JSON."""

    def make(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        template = "json_column" if is_json_column else "json"
        return terms.apply(template, Kind.DYNAMIC, Term(Kind.DYNAMIC, fields[field]), nullable=True)

    return TableColumn(name, Kind.DYNAMIC, meaning, make)


def _member(terms: Terms, template: str, whole: Sql, path: str, kind: Kind) -> Term:
    place = terms.constant(Kind.STRING, terms.engine.member(path.split(".")))
    return terms.apply(template, kind, Term(Kind.DYNAMIC, whole), place, nullable=kind is not Kind.STRING)


def _collated(make: Make) -> Make:
    def collated(terms: Terms, fields: Mapping[str, Sql]) -> Term:
        return terms.apply("collate", Kind.STRING, make(terms, fields))

    return collated


def _literal(plain: str | int) -> str:
    if isinstance(plain, int):
        return str(plain)
    if not all(sign.isalnum() or sign == " " for sign in plain):
        raise ValueError(plain)
    return f"'{plain}'"


TENANT_COLUMN: Final = identifier(TENANT, "tenant_id", "The directory whose row it is")
