"""Typed pieces of SQL, and how a value of one type becomes one of another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tidegate.hunting.engines.engine import Engine
from tidegate.hunting.errors import Place, QueryError
from tidegate.hunting.fragments import Sql, fill
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Value


class Unknown:
    """That a value is known only while the query runs."""


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Term:
    """An expression in SQL, its type, whether it may be null, and its value where that is known."""

    kind: Kind
    sql: Sql
    nullable: bool = False
    constant: Value | Unknown = field(default=UNKNOWN)

    @property
    def is_known(self) -> bool:
        """Whether its value is known before the query runs."""
        return not isinstance(self.constant, Unknown)


@dataclass(frozen=True, slots=True)
class Terms:
    """Makes terms in the SQL of one engine."""

    engine: Engine

    def constant(self, kind: Kind, value: Value) -> Term:
        """A value."""
        return Term(kind, self.engine.literal(kind, value), value is None, value)

    def apply(self, template: str, kind: Kind, *operands: Term, nullable: bool | None = None) -> Term:
        """One of the engine's templates; null where an operand is, unless `nullable` says otherwise."""
        return self.make(self.engine.templates[template], kind, *operands, nullable=nullable)

    def make(self, template: str, kind: Kind, *operands: Term, nullable: bool | None = None) -> Term:
        """A template that is the same on every engine."""
        may_be_null = any(term.nullable for term in operands) if nullable is None else nullable
        return Term(kind, fill(template, [term.sql for term in operands]), may_be_null)

    def as_text(self, term: Term) -> Term:
        """What `tostring()` makes of it; never null."""
        if term.kind is Kind.STRING:
            return term
        template = {
            Kind.LONG: "long_to_text",
            Kind.REAL: "real_to_text",
            Kind.BOOL: "bool_to_text",
            Kind.DATETIME: "instant_to_text",
            Kind.TIMESPAN: "span_to_text",
            Kind.DYNAMIC: "dynamic_to_text",
        }[term.kind]
        return self.apply(template, Kind.STRING, term, nullable=False)

    def as_real(self, term: Term) -> Term:
        """A number as a real."""
        return term if term.kind is Kind.REAL else self.apply("to_real", Kind.REAL, term)

    def fold(self, term: Term) -> Term:
        """A text in lower case."""
        return self.apply("lower", Kind.STRING, term)

    def unify(self, terms: Sequence[Term], at: Place) -> list[Term]:
        """The terms in one type. Raises QueryError where there is none."""
        kinds = {term.kind for term in terms}
        if len(kinds) == 1:
            return list(terms)
        if all(kind.is_number for kind in kinds):
            return [self.as_real(term) for term in terms]
        named = " and ".join(sorted(kinds))
        raise QueryError(f"These are of different types: {named}.{_hint(kinds)}", at)


def require_kind(term: Term, kind: Kind, at: Place) -> Term:
    """The term, which must be of this type. Raises QueryError."""
    if term.kind is not kind:
        what = {Kind.BOOL: "a condition"}.get(kind, f"a {kind}")
        raise QueryError(f"This is a {term.kind}; {what} is expected.", at)
    return term


def _hint(kinds: set[Kind]) -> str:
    if Kind.DYNAMIC in kinds:
        return " Write tostring(...) around the dynamic value."
    if kinds == {Kind.DATETIME, Kind.STRING}:
        return " Write an instant as datetime(2026-03-01)."
    if kinds == {Kind.TIMESPAN, Kind.LONG}:
        return " Write a span of time as 1d, 2h or 30m."
    return " Write tostring(...) around the one that is no text." if Kind.STRING in kinds else ""
