"""Values from tokens: numbers, texts, instants, spans of time."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from tidegate.hunting.errors import QueryError, quote
from tidegate.hunting.kinds import MOST_LONG, Kind
from tidegate.hunting.language.tokens import Lexeme, Token
from tidegate.hunting.language.tree import Array, Literal, Value
from tidegate.odata.filter.literals import read_moment

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
_UNITS: Final = {
    "d": 86_400 * _SECOND, "day": 86_400 * _SECOND, "h": 3_600 * _SECOND, "hour": 3_600 * _SECOND,
    "m": 60 * _SECOND, "minute": 60 * _SECOND, "s": _SECOND, "second": _SECOND,
    "ms": 1_000, "millisecond": 1_000, "microsecond": 1,
}  # fmt: skip
_SPAN: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*([a-z]+)")
_CLOCK: Final = re.compile(r"(-)?(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?")
_KINDS: Final = {
    "datetime": Kind.DATETIME, "date": Kind.DATETIME, "timespan": Kind.TIMESPAN, "time": Kind.TIMESPAN,
    "guid": Kind.STRING, "int": Kind.LONG, "long": Kind.LONG, "real": Kind.REAL, "double": Kind.REAL,
    "bool": Kind.BOOL, "boolean": Kind.BOOL,
}  # fmt: skip


def read_literal(lexeme: Lexeme) -> Literal | Array | None:
    """The value that the token writes; None where it writes none. Raises QueryError."""
    match lexeme.token:
        case Token.TEXT:
            return Literal(Kind.STRING, lexeme.text, at=lexeme.place)
        case Token.LONG | Token.REAL | Token.SPAN:
            kind = {Token.LONG: Kind.LONG, Token.REAL: Kind.REAL, Token.SPAN: Kind.TIMESPAN}[lexeme.token]
            return _make(kind, lexeme.text, lexeme)
        case Token.NAME if lexeme.text in {"true", "false"}:
            return Literal(Kind.BOOL, lexeme.text == "true", at=lexeme.place)
        case Token.TYPED:
            return _read_typed(lexeme)
        case _:
            return None


def micros_of(moment: datetime) -> int:
    """An instant as `kinds` keeps it."""
    return (moment - _EPOCH) // _MICROSECOND


def read_instant(text: str) -> int | None:
    """An instant as `kinds` keeps it; None for what is no date, or none that there is."""
    moment = read_moment(text.strip().replace(" ", "T", 1))
    return None if moment is None else micros_of(moment)


def _read_typed(lexeme: Lexeme) -> Literal | Array:
    if lexeme.type_name == "dynamic":
        return _read_array(lexeme)
    kind = _KINDS[lexeme.type_name]
    text = lexeme.text
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text == "null" and kind is not Kind.STRING:
        return Literal(kind, None, at=lexeme.place)
    return _make(kind, text, lexeme)


def _read_array(lexeme: Lexeme) -> Array:
    try:
        values = json.loads(lexeme.text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or not all(isinstance(each, str | int | float | bool) for each in values):
        raise QueryError('dynamic() takes a list of values here: dynamic(["a", "b"]).', lexeme.place)
    return Array(tuple(_make_item(each, lexeme) for each in values), at=lexeme.place)


def _make_item(value: str | float | bool, lexeme: Lexeme) -> Literal:  # noqa: FBT001  it is a value
    kinds = ((bool, Kind.BOOL), (int, Kind.LONG), (float, Kind.REAL), (str, Kind.STRING))
    kind = next(kind for type_, kind in kinds if isinstance(value, type_))
    is_unfit = isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
    if is_unfit or (isinstance(value, float) and abs(value) == float("inf")):
        raise QueryError(f"{quote(lexeme.text)} holds a value that cannot be part of a query.", lexeme.place)
    return _within_bounds(Literal(kind, value, at=lexeme.place))


def _make(kind: Kind, text: str, lexeme: Lexeme) -> Literal:
    value = _read(kind, text)
    if value is None:
        raise QueryError(f"{quote(text)} is no {kind}.", lexeme.place)
    return _within_bounds(Literal(kind, value, at=lexeme.place))


def _read(kind: Kind, text: str) -> Value:  # noqa: PLR0911  one for each kind
    try:
        match kind:
            case Kind.LONG:
                return int(text, 16 if text[:2].lower() == "0x" else 10)
            case Kind.REAL:
                return float(text)
            case Kind.BOOL:
                return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
            case Kind.DATETIME:
                return read_instant(text)
            case Kind.TIMESPAN:
                return _read_span(text)
            case _:
                return text
    except (ValueError, OverflowError):
        return None


def _read_span(text: str) -> int | None:
    if clock := _CLOCK.fullmatch(text):
        sign, days, hours, minutes, seconds, part = clock.groups()
        whole = timedelta(
            days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0)
        )
        value = whole // _MICROSECOND + int((part or "").ljust(6, "0")[:6])
        return -value if sign else value
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    number, unit = found.groups()
    if unit.removesuffix("s") == "tick":
        return int(float(number)) // 10
    size = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if size is None:
        return None
    return round(float(number) * size) if "." in number else int(number) * size


def _within_bounds(literal: Literal) -> Literal:
    value = literal.value
    too_long = isinstance(value, int) and abs(value) > MOST_LONG
    if too_long or (isinstance(value, float) and not abs(value) < float("inf")):
        raise QueryError(f"A {literal.kind} cannot be as large as this.", literal.at)
    return literal
