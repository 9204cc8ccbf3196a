"""Filters made up at random, written out as text, and asked of rows in Python."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tidegate.odata.filter.tree import (
    COMPARISONS,
    QUANTIFIERS,
    TEXT_FUNCTIONS,
    And,
    Boolean,
    Comparison,
    Condition,
    Fold,
    Guid,
    In,
    Lambda,
    Literal,
    Moment,
    Not,
    Null,
    Number,
    Operator,
    Or,
    Path,
    Text,
    Truth,
    Word,
)

names = st.sampled_from(["id", "title", "user", "inProgress", "eq_", "anyone", "Not1"])
moments = st.datetimes(timezones=st.just(UTC))
literals: st.SearchStrategy[Literal] = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8).map(Text),
    st.integers(-(10**18), 10**18).map(Number),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-99, max_value=99).map(Number),
    st.booleans().map(Boolean),
    st.just(Null()),
    st.uuids().map(Guid),
    moments.map(Moment),
    st.builds(Word, st.just("microsoft.graph.security.alertSeverity"), st.text("abc'", max_size=5)),
)
paths = st.builds(Path, st.lists(names, min_size=1, max_size=3).map(tuple))
operands = st.builds(
    Path, st.lists(names, min_size=1, max_size=3).map(tuple), st.none() | st.sampled_from(Fold)
)
leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Comparison, operands, st.sampled_from([*COMPARISONS, *TEXT_FUNCTIONS]), literals),
    st.builds(In, operands, st.lists(literals, min_size=1, max_size=3).map(tuple)),
    st.builds(Truth, paths),
    st.builds(Lambda, paths, st.just(Operator.ANY)),
)


def grow(
    leaves: st.SearchStrategy[Condition],
    collections: st.SearchStrategy[Path] = paths,
    variable: str = "t",
) -> st.SearchStrategy[Condition]:
    """Conditions out of these leaves, and lambdas over these collections."""

    def join(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.one_of(
            st.builds(And, several),
            st.builds(Or, several),
            st.builds(Not, parts),
            st.builds(Lambda, collections, st.sampled_from(QUANTIFIERS), st.just(variable), parts),
        )

    return st.recursive(leaves, join, max_leaves=8)


def render(condition: Condition) -> str:  # noqa: PLR0911  one for each kind of node
    """The condition as OData writes it, with no more parentheses than it takes."""
    match condition:
        case And(parts):
            return " and ".join(
                f"({render(part)})" if isinstance(part, And | Or) else render(part) for part in parts
            )
        case Or(parts):
            return " or ".join(
                f"({render(part)})" if isinstance(part, Or) else render(part) for part in parts
            )
        case Not(part):
            return f"not ({render(part)})" if isinstance(part, And | Or) else f"not {render(part)}"
        case Comparison(left, operator, right) if operator in TEXT_FUNCTIONS:
            return f"{operator}({write_path(left)},{write(right)})"
        case Comparison(left, operator, right):
            return f"{write_path(left)} {operator} {write(right)}"
        case In(left, values):
            return f"{write_path(left)} in ({', '.join(map(write, values))})"
        case Truth(path):
            return write_path(path)
        case Lambda(path, quantifier, _, None):
            return f"{write_path(path)}/{quantifier}()"
        case Lambda(path, quantifier, variable, body):
            assert body is not None
            return f"{write_path(path)}/{quantifier}({variable}: {render(body)})"


def write_path(path: Path) -> str:
    return f"{path.fold}({path})" if path.fold else str(path)


def write(literal: Literal) -> str:  # noqa: PLR0911  one for each kind of node
    match literal:
        case Text(value):
            return quote(value)
        case Word(type_name, value):
            return type_name + quote(value)
        case Boolean(value):
            return str(value).lower()
        case Moment(value):
            return write_moment(value)
        case Number(Decimal() as value):
            return f"{value:f}"
        case Number(value) | Guid(value):
            return str(value)
        case _:
            return "null"


def write_moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_HOLDS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: eq,
    Operator.NE: ne,
    Operator.GT: gt,
    Operator.GE: ge,
    Operator.LT: lt,
    Operator.LE: le,
    Operator.STARTSWITH: str.startswith,
    Operator.ENDSWITH: str.endswith,
    Operator.CONTAINS: str.__contains__,
}


def holds(condition: Condition, row: Mapping[str, Any]) -> bool:  # noqa: PLR0911  one for each kind of node
    """Whether the condition is true of a row, given as its wire form with words in lower case."""
    match condition:
        case And(parts):
            return all(holds(part, row) for part in parts)
        case Or(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case Comparison(left, operator, right):
            return compares(row[str(left)], operator, plain(right))
        case In(left, values):
            return any(compares(row[str(left)], Operator.EQ, plain(value)) for value in values)
        case Truth(path):
            return row[str(path)] is True
        case Lambda(path, quantifier, variable, body):
            members: Sequence[str] = row[str(path)] or []
            found = [body is None or holds(body, {**row, variable: member}) for member in members]
            return all(found) if quantifier is Operator.ALL else any(found)


def compares(left: Any, operator: Operator, right: Any) -> bool:
    if operator in {Operator.EQ, Operator.NE}:
        return _HOLDS[operator](left, right)
    return left is not None and _HOLDS[operator](left, right)


def plain(literal: Literal) -> str | int | Decimal | bool | UUID | datetime | None:
    match literal:
        case Text(value) | Word(_, value):
            return value.lower()
        case Number(value) | Boolean(value) | Guid(value) | Moment(value):
            return value
        case _:
            return None
