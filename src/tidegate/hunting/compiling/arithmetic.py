"""Calculating with numbers, instants and spans of time."""

import operator
from typing import Final

from tidegate.hunting.compiling.terms import Term, Terms
from tidegate.hunting.errors import Place, QueryError
from tidegate.hunting.kinds import MOST_LONG, Kind

_WHOLE: Final = frozenset({Kind.LONG, Kind.DATETIME, Kind.TIMESPAN})
_OPERATIONS: Final = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_TIMES: Final = {
    ("+", Kind.DATETIME, Kind.TIMESPAN): Kind.DATETIME,
    ("+", Kind.TIMESPAN, Kind.DATETIME): Kind.DATETIME,
    ("+", Kind.TIMESPAN, Kind.TIMESPAN): Kind.TIMESPAN,
    ("-", Kind.DATETIME, Kind.TIMESPAN): Kind.DATETIME,
    ("-", Kind.DATETIME, Kind.DATETIME): Kind.TIMESPAN,
    ("-", Kind.TIMESPAN, Kind.TIMESPAN): Kind.TIMESPAN,
    ("*", Kind.TIMESPAN, Kind.LONG): Kind.TIMESPAN,
    ("*", Kind.LONG, Kind.TIMESPAN): Kind.TIMESPAN,
    ("/", Kind.TIMESPAN, Kind.LONG): Kind.TIMESPAN,
    ("%", Kind.TIMESPAN, Kind.TIMESPAN): Kind.TIMESPAN,
}
# Days from the first of January of the year 1, where Kusto's bins begin, to 1970, in microseconds.
_FROM_YEAR_ONE: Final = 719_162 * 86_400_000_000


def calculate(terms: Terms, sign: str, left: Term, right: Term, at: Place) -> Term:
    """`+`, `-`, `*`, `/`, `%`. Dividing by zero gives null. Raises QueryError."""
    if left.kind.is_number and right.kind.is_number:
        return _numbers(terms, sign, left, right, at)
    if sign == "/" and left.kind is right.kind is Kind.TIMESPAN:
        return _numbers(terms, sign, terms.as_real(left), terms.as_real(right), at)
    kind = _TIMES.get((sign, left.kind, right.kind))
    if kind is None:
        hint = " Join texts with strcat(...)." if Kind.STRING in {left.kind, right.kind} else ""
        raise QueryError(f"There is no {left.kind} {sign} {right.kind}.{hint}", at)
    return _whole(terms, sign, left, right, kind, at)


def negate(terms: Terms, term: Term, at: Place) -> Term:
    """A minus before a number or a span of time. Raises QueryError."""
    if not term.kind.is_number and term.kind is not Kind.TIMESPAN:
        raise QueryError(f"A minus cannot stand before a {term.kind}.", at)
    if isinstance(term.constant, int | float):
        return terms.constant(term.kind, -term.constant)
    return terms.make("(-{0})", term.kind, term)


def round_down(terms: Terms, term: Term, size: Term, at: Place) -> Term:
    """`bin()`: the largest multiple of `size` that is not above. Raises QueryError."""
    if term.kind is Kind.DATETIME and size.kind is Kind.TIMESPAN:
        return _bin(terms, term, size, _FROM_YEAR_ONE, at)
    if term.kind is size.kind and term.kind in {Kind.LONG, Kind.TIMESPAN}:
        return _bin(terms, term, size, 0, at)
    if term.kind.is_number and size.kind.is_number:
        real, step = terms.as_real(term), terms.as_real(size)
        share = terms.make("({0} / NULLIF({1}, 0))", Kind.REAL, real, step, nullable=True)
        return terms.make("({0} * {1})", Kind.REAL, terms.apply("floor", Kind.REAL, share), step)
    raise QueryError(f"A {term.kind} cannot be put into bins of a {size.kind}.", at)


def _bin(terms: Terms, term: Term, size: Term, shift: int, at: Place) -> Term:
    if not isinstance(size.constant, int) or size.constant <= 0:
        raise QueryError("The size of bins must be known and above zero.", at)
    shifted = f"({{0}} + {shift})" if shift else "{0}"
    template = f"({{0}} - ((({shifted} %% {{1}}) + {{1}}) %% {{1}}))"
    return terms.make(template, term.kind, term, size)


def _numbers(terms: Terms, sign: str, left: Term, right: Term, at: Place) -> Term:
    if left.kind is right.kind is Kind.LONG:
        return _whole(terms, sign, left, right, Kind.LONG, at)
    if sign == "%":
        raise QueryError("% takes whole numbers.", at)
    return _make(terms, sign, terms.as_real(left), terms.as_real(right), Kind.REAL)


def _whole(terms: Terms, sign: str, left: Term, right: Term, kind: Kind, at: Place) -> Term:
    one, other = left.constant, right.constant
    if sign in _OPERATIONS and isinstance(one, int) and isinstance(other, int):
        value = _OPERATIONS[sign](one, other)
        if abs(value) > MOST_LONG:
            raise QueryError(f"A {kind} cannot be as large as this.", at)
        return terms.constant(kind, value)
    return _make(terms, sign, left, right, kind)


def _make(terms: Terms, sign: str, left: Term, right: Term, kind: Kind) -> Term:
    if sign in "/%":
        mark = "%%" if sign == "%" else sign
        is_safe = isinstance(right.constant, int | float) and right.constant != 0
        nullable = left.nullable or not is_safe
        return terms.make(f"({{0}} {mark} NULLIF({{1}}, 0))", kind, left, right, nullable=nullable)
    return terms.make(f"({{0}} {sign} {{1}})", kind, left, right)


__all__ = ["calculate", "negate", "round_down"]
