"""Comparing values and looking into texts, with nulls as Kusto has them.

A null is not equal to any value, and unequal to each; two nulls are neither. What is asked of an order is
null where a null takes part, and `where` keeps no row for a null.
"""

from collections.abc import Sequence
from typing import Final

from tidegate.hunting.compiling.terms import Term, Terms
from tidegate.hunting.errors import Place, QueryError
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Between, Binary, Membership

MOST_VALUES: Final = 1_000
_ORDERED: Final = frozenset({Kind.LONG, Kind.REAL, Kind.DATETIME, Kind.TIMESPAN, Kind.STRING})


def compare(terms: Terms, sign: str, left: Term, right: Term, at: Place) -> Term:
    """`==`, `!=`, `=~`, `!~`, `<` and the like. Raises QueryError."""
    if sign in {"=~", "!~"}:
        left, right = (terms.fold(_text(terms, term, at)) for term in (left, right))
        return terms.make(f"({{0}} {'=' if sign == '=~' else '<>'} {{1}})", Kind.BOOL, left, right)
    left, right = terms.unify([left, right], at)
    if sign in {"==", "!="}:
        return _equal(terms, left, right, is_equal=sign == "==")
    if left.kind not in _ORDERED:
        raise QueryError(f"Values of type {left.kind} have no order.", at)
    if left.kind is Kind.STRING:
        left, right = (terms.apply("collate", Kind.STRING, term) for term in (left, right))
    return terms.make(f"({{0}} {sign} {{1}})", Kind.BOOL, left, right)


def is_between(terms: Terms, between: Between, operand: Term, low: Term, high: Term) -> Term:
    """Whether it lies between two values, both included. Raises QueryError."""
    if operand.kind is Kind.DATETIME and low.kind is Kind.DATETIME and high.kind is Kind.TIMESPAN:
        high = terms.make("({0} + {1})", Kind.DATETIME, low, high)
    operand, low, high = terms.unify([operand, low, high], between.at)
    if operand.kind not in _ORDERED - {Kind.STRING}:
        raise QueryError(f"Values of type {operand.kind} cannot be between others.", between.at)
    return terms.make(
        f"({{0}} {'NOT ' if between.is_negated else ''}BETWEEN {{1}} AND {{2}})",
        Kind.BOOL,
        operand,
        low,
        high,
    )


def is_in(terms: Terms, membership: Membership, operand: Term, items: Sequence[Term]) -> Term:
    """Whether it is one of these values, or has one or all of these words. Raises QueryError."""
    word = membership.operator
    if len(items) > MOST_VALUES:
        raise QueryError(f"A list has at most {MOST_VALUES:,} values.", membership.at)
    if word in {"has_any", "has_all"}:
        return _has_several(terms, membership, operand, items)
    if not items:
        return terms.constant(Kind.BOOL, word.startswith("!"))
    folds, is_negated = word.endswith("~"), word.startswith("!")
    if folds:
        operand = terms.fold(_text(terms, operand, membership.at))
        items = [terms.fold(_text(terms, item, membership.at)) for item in items]
    unified = terms.unify([operand, *items], membership.at)
    first, values = unified[0], Sql.join(", ", [item.sql for item in unified[1:]])
    found = Term(Kind.BOOL, Sql.join("", [Sql("("), first.sql, Sql(" IN ("), values, Sql("))")]))
    if any(term.nullable for term in unified):
        found = terms.make("coalesce({0}, FALSE)", Kind.BOOL, found)
    return terms.make("(NOT {0})", Kind.BOOL, found) if is_negated else found


def tests_text(terms: Terms, binary: Binary, left: Term, right: Term) -> Term:
    """`has`, `contains`, `startswith`, `endswith`, without regard to case unless `_cs`. Raises QueryError."""
    word = binary.operator.removeprefix("!")
    name, folds = word.removesuffix("_cs"), not word.endswith("_cs")
    text = _text(terms, left, binary.at)
    if name in {"has", "hasprefix", "hassuffix"}:
        found = _has_word(terms, text, right, name, folds=folds, at=binary.at)
    else:
        part = _text(terms, right, binary.at)
        if folds:
            text, part = terms.fold(text), terms.fold(part)
        found = terms.apply(f"{name}_cs", Kind.BOOL, text, part)
    return terms.make("(NOT {0})", Kind.BOOL, found) if binary.operator[0] == "!" else found


def _equal(terms: Terms, left: Term, right: Term, *, is_equal: bool) -> Term:
    sign = "=" if is_equal else "<>"
    if not left.nullable and not right.nullable:
        return terms.make(f"({{0}} {sign} {{1}})", Kind.BOOL, left, right)
    apart = "FALSE" if is_equal else "TRUE"
    if left.nullable and right.nullable:
        # Only of two nulls is the comparison null itself.
        both = "{0} IS NULL AND {1} IS NULL"
        template = f"(CASE WHEN {both} THEN NULL ELSE coalesce({{0}} {sign} {{1}}, {apart}) END)"
        return terms.make(template, Kind.BOOL, left, right)
    return terms.make(f"coalesce({{0}} {sign} {{1}}, {apart})", Kind.BOOL, left, right, nullable=False)


def _text(terms: Terms, term: Term, at: Place) -> Term:
    if term.kind not in {Kind.STRING, Kind.DYNAMIC}:
        raise QueryError(f"This is a {term.kind}; a text is expected. Write tostring(...) around it.", at)
    return terms.as_text(term)


def _has_word(terms: Terms, text: Term, word: Term, name: str, *, folds: bool, at: Place) -> Term:
    if word.kind is not Kind.STRING or not isinstance(word.constant, str):
        raise QueryError(f"What {name} looks for must be a text that is known before the query runs.", at)
    if not word.constant:
        return terms.constant(Kind.BOOL, True)  # noqa: FBT003  it is a value
    starts, ends = name != "hassuffix", name != "hasprefix"
    pattern = terms.engine.word_pattern(word.constant, folds=folds, starts=starts, ends=ends)
    template = "has" if folds else "has_cs"
    return terms.apply(template, Kind.BOOL, text, terms.constant(Kind.STRING, pattern))


def _has_several(terms: Terms, membership: Membership, operand: Term, items: Sequence[Term]) -> Term:
    text = _text(terms, operand, membership.at)
    found = [_has_word(terms, text, item, "has", folds=True, at=membership.at) for item in items]
    if not found:
        return terms.constant(Kind.BOOL, membership.operator == "has_all")
    glue = " OR " if membership.operator == "has_any" else " AND "
    return Term(Kind.BOOL, Sql.join("", [Sql("("), Sql.join(glue, [f.sql for f in found]), Sql(")")]))
