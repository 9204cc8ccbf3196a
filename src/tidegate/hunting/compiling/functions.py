"""The functions of one row, by name: how many operands each takes, and what becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tidegate.hunting.compiling.arithmetic import round_down
from tidegate.hunting.compiling.relations import suggest
from tidegate.hunting.compiling.terms import Term, Terms, require_kind
from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.fragments import Sql, fill
from tidegate.hunting.kinds import MOST_LONG, Kind
from tidegate.hunting.language.literals import read_instant
from tidegate.hunting.language.tree import Call

type Build = Callable[["Given"], Term]

_DAY: Final = 86_400_000_000
_MOST_ARGUMENTS: Final = 64


@dataclass(frozen=True, slots=True)
class Given:
    """What a function is given."""

    terms: Terms
    now: int
    operands: list[Term]
    at: Place

    def text(self, place: int) -> Term:
        """An operand as a text."""
        return self.terms.as_text(self.operands[place])

    def of(self, place: int, kind: Kind) -> Term:
        """An operand, which must be of this type. Raises QueryError."""
        return require_kind(self.operands[place], kind, self.at)


@dataclass(frozen=True, slots=True)
class Function:
    """A function, how many operands it takes, and how it is written, for whoever looks it up."""

    least: int
    most: int
    build: Build
    form: str


def find_function(call: Call) -> Function:
    """The function that is called, with as many operands as it takes. Raises QueryError."""
    function = FUNCTIONS.get(call.function)
    if function is None:
        hint = suggest(call.function, FUNCTIONS)
        raise QueryError(f"There is no function {quote(call.function)} here{hint}", call.at)
    if not function.least <= len(call.arguments) <= function.most:
        raise QueryError(f"It is written {function.form}.", call.at)
    return function


def _ago(given: Given) -> Term:
    span = given.of(0, Kind.TIMESPAN).constant
    if not isinstance(span, int) or abs(given.now - span) > MOST_LONG:
        raise QueryError("ago() takes a span of time such as 7d.", given.at)
    return given.terms.constant(Kind.DATETIME, given.now - span)


def _now(given: Given) -> Term:
    shift = given.of(0, Kind.TIMESPAN).constant if given.operands else 0
    if not isinstance(shift, int) or abs(given.now + shift) > MOST_LONG:
        raise QueryError("now() takes nothing, or a span of time such as -7d.", given.at)
    return given.terms.constant(Kind.DATETIME, given.now + shift)


def _choose(given: Given) -> Term:
    """`iff` and `case`: conditions with what holds for each, and what holds for none."""
    if len(given.operands) % 2 == 0:
        raise QueryError("It ends with a value for when no condition is true.", given.at)
    conditions = [require_kind(term, Kind.BOOL, given.at) for term in given.operands[:-1:2]]
    values = given.terms.unify([*given.operands[1:-1:2], given.operands[-1]], given.at)
    whens = [
        fill("WHEN {0} THEN {1} ", [condition.sql, value.sql])
        for condition, value in zip(conditions, values, strict=False)
    ]
    sql = Sql.join("", [Sql("(CASE "), *whens, Sql("ELSE "), values[-1].sql, Sql(" END)")])
    return Term(values[0].kind, sql, any(value.nullable for value in values))


def _coalesce(given: Given) -> Term:
    values = given.terms.unify(given.operands, given.at)
    if values[0].kind is Kind.STRING:
        # An empty text is what is missing of a text.
        parts = [fill("NULLIF({0}, '')", [value.sql]) for value in values]
        sql = Sql.join("", [Sql("coalesce("), Sql.join(", ", parts), Sql(", '')")])
        return Term(Kind.STRING, sql)
    sql = Sql.join("", [Sql("coalesce("), Sql.join(", ", [value.sql for value in values]), Sql(")")])
    return Term(values[0].kind, sql, all(value.nullable for value in values))


def _not(given: Given) -> Term:
    return given.terms.make("(NOT {0})", Kind.BOOL, given.of(0, Kind.BOOL))


def _is_empty(given: Given) -> Term:
    operand = given.operands[0]
    if operand.kind in {Kind.STRING, Kind.DYNAMIC}:
        return given.terms.make("({0} = '')", Kind.BOOL, given.text(0))
    return _is_null(given)


def _is_null(given: Given) -> Term:
    operand = given.operands[0]
    if operand.kind is Kind.STRING:
        return given.terms.constant(Kind.BOOL, False)  # noqa: FBT003  it is a value
    return given.terms.make("({0} IS NULL)", Kind.BOOL, operand, nullable=False)


def _opposite(build: Build) -> Build:
    def opposed(given: Given) -> Term:
        return given.terms.make("(NOT {0})", Kind.BOOL, build(given))

    return opposed


def _concatenate(given: Given) -> Term:
    texts = [given.terms.as_text(term).sql for term in given.operands]
    return Term(Kind.STRING, Sql.join("", [Sql("("), Sql.join(" || ", texts), Sql(")")]))


def _substring(given: Given) -> Term:
    text, start = given.text(0), given.of(1, Kind.LONG)
    if len(given.operands) == 2:
        return given.terms.apply("substring_rest", Kind.STRING, text, start, nullable=False)
    return given.terms.apply("substring", Kind.STRING, text, start, given.of(2, Kind.LONG), nullable=False)


def _of_text(template: str, kind: Kind = Kind.STRING) -> Build:
    """A template of as many texts as there are operands."""

    def build(given: Given) -> Term:
        texts = [given.text(place) for place in range(len(given.operands))]
        return given.terms.apply(template, kind, *texts)

    return build


def _to_long(given: Given) -> Term:
    operand = given.operands[0]
    match operand.kind:
        case Kind.LONG:
            return operand
        case Kind.REAL:
            return given.terms.apply("real_to_long", Kind.LONG, operand)
        case Kind.BOOL:
            return given.terms.apply("bool_to_long", Kind.LONG, operand)
        case Kind.STRING | Kind.DYNAMIC:
            return given.terms.apply("text_to_long", Kind.LONG, given.text(0), nullable=True)
        case _:
            raise QueryError(f"A {operand.kind} is no number.", given.at)


def _to_real(given: Given) -> Term:
    operand = given.operands[0]
    if operand.kind in {Kind.STRING, Kind.DYNAMIC}:
        return given.terms.apply("text_to_real", Kind.REAL, given.text(0), nullable=True)
    if not operand.kind.is_number:
        raise QueryError(f"A {operand.kind} is no number.", given.at)
    return given.terms.as_real(operand)


def _to_instant(given: Given) -> Term:
    operand = given.operands[0]
    if operand.kind is Kind.DATETIME:
        return operand
    found = read_instant(operand.constant) if isinstance(operand.constant, str) else None
    if found is None:
        raise QueryError(
            "todatetime() takes a text that is known before the query runs, and a date.", given.at
        )
    return given.terms.constant(Kind.DATETIME, found)


def _to_dynamic(given: Given) -> Term:
    if given.operands[0].kind is not Kind.DYNAMIC:
        raise QueryError("Only columns that hold JSON can be read as JSON here.", given.at)
    return given.operands[0]


def _floor(given: Given) -> Term:
    return round_down(given.terms, given.operands[0], given.operands[1], given.at)


def _bin_of_day(days: int, shift: int = 0) -> Build:
    """The start of the day, or week, that an instant lies in; weeks begin with Sunday."""

    def build(given: Given) -> Term:
        terms, instant = given.terms, given.of(0, Kind.DATETIME)
        by = terms.constant(Kind.TIMESPAN, shift * _DAY)
        moved = terms.make("({0} + {1})", Kind.DATETIME, instant, by) if shift else instant
        start = round_down(terms, moved, terms.constant(Kind.TIMESPAN, days * _DAY), given.at)
        return terms.make("({0} - {1})", Kind.DATETIME, start, by) if shift else start

    return build


def _hour_of_day(given: Given) -> Term:
    template = f"(((({{0}} %% {_DAY}) + {_DAY}) %% {_DAY}) / 3600000000)"
    return given.terms.make(template, Kind.LONG, given.of(0, Kind.DATETIME))


def _day_of_week(given: Given) -> Term:
    """The time since the start of the week: its days from Sunday."""
    start = _bin_of_day(7, 1)(given)
    day = _bin_of_day(1)(given)
    return given.terms.make("({0} - {1})", Kind.TIMESPAN, day, start)


def _absolute(given: Given) -> Term:
    operand = given.operands[0]
    if not operand.kind.is_number and operand.kind is not Kind.TIMESPAN:
        raise QueryError(f"A {operand.kind} has no sign.", given.at)
    return given.terms.make("abs({0})", operand.kind, operand)


def _round(given: Given) -> Term:
    digits = given.of(1, Kind.LONG).constant if len(given.operands) > 1 else 0
    if not isinstance(digits, int) or not 0 <= digits <= 15:
        raise QueryError("Decimals are a number from 0 to 15.", given.at)
    number = given.operands[0]
    if not number.kind.is_number:
        raise QueryError(f"A {number.kind} cannot be rounded.", given.at)
    return given.terms.apply(
        "round", Kind.REAL, given.terms.as_real(number), given.terms.constant(Kind.LONG, digits)
    )


def _ceiling(given: Given) -> Term:
    number = given.operands[0]
    if not number.kind.is_number:
        raise QueryError(f"A {number.kind} cannot be rounded.", given.at)
    return given.terms.apply("ceiling", Kind.REAL, given.terms.as_real(number))


def _least_or_greatest(sign: str) -> Build:
    def build(given: Given) -> Term:
        found, *rest = given.terms.unify(given.operands, given.at)
        if found.kind not in {Kind.LONG, Kind.REAL, Kind.DATETIME, Kind.TIMESPAN}:
            raise QueryError(f"Values of type {found.kind} are not compared here.", given.at)
        for term in rest:
            template = f"(CASE WHEN {{1}} IS NULL OR {{0}} {sign} {{1}} THEN {{0}} ELSE {{1}} END)"
            found = given.terms.make(template, found.kind, found, term, nullable=True)
        return found

    return build


def _array_length(given: Given) -> Term:
    return given.terms.apply("array_length", Kind.LONG, given.of(0, Kind.DYNAMIC), nullable=True)


def _tostring(given: Given) -> Term:
    return given.text(0)


_TABLE: Final[tuple[tuple[str, int, int, Build, str], ...]] = (
    ("ago", 1, 1, _ago, "ago(7d)"),
    ("now", 0, 1, _now, "now()"),
    ("iff", 3, 3, _choose, "iff(condition, value, other)"),
    ("iif", 3, 3, _choose, "iif(condition, value, other)"),
    ("case", 3, _MOST_ARGUMENTS, _choose, "case(condition, value, ..., other)"),
    ("coalesce", 2, _MOST_ARGUMENTS, _coalesce, "coalesce(value, other, ...)"),
    ("not", 1, 1, _not, "not(condition)"),
    ("isempty", 1, 1, _is_empty, "isempty(value)"),
    ("isnotempty", 1, 1, _opposite(_is_empty), "isnotempty(value)"),
    ("isnull", 1, 1, _is_null, "isnull(value)"),
    ("isnotnull", 1, 1, _opposite(_is_null), "isnotnull(value)"),
    ("strcat", 1, _MOST_ARGUMENTS, _concatenate, "strcat(text, text, ...)"),
    ("strlen", 1, 1, _of_text("length", Kind.LONG), "strlen(text)"),
    ("substring", 2, 3, _substring, "substring(text, start, length)"),
    ("tolower", 1, 1, _of_text("lower"), "tolower(text)"),
    ("toupper", 1, 1, _of_text("upper"), "toupper(text)"),
    ("replace_string", 3, 3, _of_text("replace"), "replace_string(text, what, with)"),
    ("indexof", 2, 2, _of_text("indexof", Kind.LONG), "indexof(text, part)"),
    ("split", 2, 2, _of_text("split", Kind.DYNAMIC), "split(text, separator)"),
    ("tostring", 1, 1, _tostring, "tostring(value)"),
    ("tolong", 1, 1, _to_long, "tolong(value)"),
    ("toint", 1, 1, _to_long, "toint(value)"),
    ("toreal", 1, 1, _to_real, "toreal(value)"),
    ("todouble", 1, 1, _to_real, "todouble(value)"),
    ("todatetime", 1, 1, _to_instant, "todatetime(text)"),
    ("todynamic", 1, 1, _to_dynamic, "todynamic(value)"),
    ("parse_json", 1, 1, _to_dynamic, "parse_json(value)"),
    ("array_length", 1, 1, _array_length, "array_length(list)"),
    ("bin", 2, 2, _floor, "bin(value, size)"),
    ("floor", 2, 2, _floor, "floor(value, size)"),
    ("ceiling", 1, 1, _ceiling, "ceiling(number)"),
    ("round", 1, 2, _round, "round(number, decimals)"),
    ("abs", 1, 1, _absolute, "abs(number)"),
    ("min_of", 2, _MOST_ARGUMENTS, _least_or_greatest("<="), "min_of(value, other, ...)"),
    ("max_of", 2, _MOST_ARGUMENTS, _least_or_greatest(">="), "max_of(value, other, ...)"),
    ("startofday", 1, 1, _bin_of_day(1), "startofday(instant)"),
    ("startofweek", 1, 1, _bin_of_day(7, 1), "startofweek(instant)"),
    ("hourofday", 1, 1, _hour_of_day, "hourofday(instant)"),
    ("dayofweek", 1, 1, _day_of_week, "dayofweek(instant)"),
)  # fmt: skip

FUNCTIONS: Final = MappingProxyType(
    {name: Function(least, most, build, form) for name, least, most, build, form in _TABLE}
)
"""Every function of the row, by its name."""

KEEPS_NAME: Final = frozenset(
    {"bin", "floor", "tostring", "tolong", "toint", "toreal", "todouble", "todatetime"}
)
"""Functions whose column is called as the column that they are given first."""
