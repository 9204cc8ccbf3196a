"""SQLite: what its SQL lacks are Python functions, given to the connection for the length of a run."""

import json
import math
import re
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from django.db import OperationalError, connection

from tidegate.hunting.engines.engine import Reader
from tidegate.hunting.engines.texts import format_instant, format_real, format_span, read_long, read_real
from tidegate.hunting.errors import TOO_LONG, TOO_NESTED, QueryTooCostly
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Value

_STEPS_BETWEEN_LOOKS: Final = 20_000
_ROWS_AT_ONCE: Final = 500
# What its parser says of more than it holds (SQLite, "Limits In SQLite").
_TOO_LARGE: Final = ("parser stack overflow", "too large", "too many", "at most")

_TEMPLATES: Final = MappingProxyType(
    {
        "collate": "{0}",
        "lower": "kql_lower({0})",
        "upper": "kql_upper({0})",
        "contains_cs": "(instr({0}, {1}) > 0)",
        "startswith_cs": "(substr({0}, 1, length({1})) = {1})",
        "endswith_cs": "(length({0}) >= length({1}) AND substr({0}, length({0}) - length({1}) + 1) = {1})",
        "has": "kql_has(kql_lower({0}), {1})",
        "has_cs": "kql_has({0}, {1})",
        "length": "length({0})",
        "substring": "substr({0}, max({1}, 0) + 1, max({2}, 0))",
        "substring_rest": "substr({0}, max({1}, 0) + 1)",
        "replace": "replace({0}, {1}, {2})",
        "indexof": "(instr({0}, {1}) - 1)",
        "trim": "kql_trim({0})",
        "to_real": "CAST({0} AS REAL)",
        "real_to_long": "CAST({0} AS INTEGER)",
        "bool_to_long": "CAST({0} AS INTEGER)",
        "text_to_long": "kql_long({0})",
        "text_to_real": "kql_real({0})",
        "long_to_text": "coalesce(CAST({0} AS TEXT), '')",
        "real_to_text": "kql_real_text({0})",
        "bool_to_text": "(CASE WHEN {0} THEN 'True' WHEN NOT {0} THEN 'False' ELSE '' END)",
        "instant_to_text": "kql_instant_text({0})",
        "span_to_text": "kql_span_text({0})",
        "dynamic_to_text": "kql_dynamic_text({0})",
        "floor": "kql_floor({0})",
        "ceiling": "-kql_floor(-({0}))",
        "round": "round({0}, {1})",
        "least_of": "min({0})",
        "avg": "avg({0})",
        "sum_long": "coalesce(sum({0}), 0)",
        "sum_real": "coalesce(sum({0}), 0.0)",
        "percentile": "kql_percentile({1}, {0})",
        "make_set": "coalesce(kql_set({1}, {0}), '[]')",
        "make_list": "coalesce(kql_list({1}, {0}), '[]')",
        "path": "kql_path({0}, {1})",
        "array_length": "kql_array_length({0})",
        "split": "kql_split({0}, {1})",
        "uuid": (
            "(substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4)"
            " || '-' || substr({0}, 17, 4) || '-' || substr({0}, 21))"
        ),
        "instant": (
            "(CAST(strftime('%%s', substr({0}, 1, 19)) AS INTEGER) * 1000000"
            " + CAST(substr(substr({0}, 21) || '000000', 1, 6) AS INTEGER))"
        ),
        "json_text": "coalesce(CAST(json_extract({0}, {1}) AS TEXT), '')",
        "json_long": "kql_long(CAST(json_extract({0}, {1}) AS TEXT))",
        "json_value": "({0} -> {1})",
        "json": "{0}",
        "json_column": "{0}",
    }
)


class SQLite:
    """The embedded engine."""

    templates: Mapping[str, str] = _TEMPLATES
    # The right side is kept and gets an index for the run, which serves only if the left side leads (SQLite,
    # "The SQLite Query Optimizer Overview", 8.2).
    inner_join = "CROSS JOIN"

    def literal(self, kind: Kind, value: Value) -> Sql:
        """A value as a parameter; SQLite takes each as what it is."""
        return Sql("%s", (value,))

    def word_pattern(self, word: str, *, folds: bool, starts: bool = True, ends: bool = True) -> str:
        """A regular expression: the word, not part of a longer one at those of its ends where it could be."""
        plain = word.lower() if folds else word
        before = r"(?<![^\W_])" if starts and plain[:1].isalnum() else ""
        return before + re.escape(plain) + (r"(?![^\W_])" if ends and plain[-1:].isalnum() else "")

    def member(self, steps: Sequence[str]) -> str:
        """The path as SQLite's own functions take it."""
        return "$" + "".join(f'."{step}"' for step in steps)

    def unpack(self, select: Sql, names: Mapping[str, str], documents: AbstractSet[str]) -> Sql:
        """The select as it is: SQLite reads JSON out of texts, and remembers the last few."""
        return select

    def json_path(self, steps: Sequence[str | int]) -> str:
        """The steps as JSON."""
        return json.dumps(list(steps))

    @contextmanager
    def reading(self, seconds: float) -> Iterator[Reader]:
        """Ends a statement by looking at the clock every few thousand steps of its program."""
        connection.ensure_connection()
        raw: Any = connection.connection
        ends_at = time.monotonic() + seconds
        _lend_functions(raw)
        raw.set_progress_handler(lambda: time.monotonic() > ends_at, _STEPS_BETWEEN_LOOKS)
        # Past Django, which runs nothing more within a transaction that failed.
        raw.execute("PRAGMA query_only = ON")
        try:
            yield _Reader()
        except OperationalError as error:
            if time.monotonic() > ends_at:
                raise QueryTooCostly(f"The query took longer than {seconds:g} seconds.") from error
            if "integer overflow" in str(error):
                raise QueryTooCostly(TOO_LONG) from error
            if any(words in str(error) for words in _TOO_LARGE):
                raise QueryTooCostly(TOO_NESTED) from error
            raise
        finally:
            raw.set_progress_handler(None, 0)
            raw.execute("PRAGMA query_only = OFF")


class _Reader:
    def read(self, sql: str, params: Sequence[Any]) -> Generator[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(params))
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from rows


def _lend_functions(raw: Any) -> None:
    """Give the connection the functions; giving them again changes nothing."""
    for name, arity, function in _FUNCTIONS:
        raw.create_function(name, arity, function, deterministic=True)
    raw.create_aggregate("kql_set", 2, _Set)
    raw.create_aggregate("kql_list", 2, _List)
    raw.create_aggregate("kql_percentile", 2, _Percentile)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _has(text: str, pattern: str) -> bool:
    return _compiled(pattern).search(text) is not None


class _Set:
    """An aggregate: each value once, in order, as a JSON list of at most so many."""

    def __init__(self) -> None:
        self._values: set[Any] = set()
        self._most = 0

    def step(self, most: int, value: Any) -> None:
        """Take one value."""
        self._most = most
        if value is not None:
            self._values.add(value)

    def finalize(self) -> str:
        """The list."""
        found = sorted(self._values, key=lambda each: each.encode() if isinstance(each, str) else each)
        return dump_json([_shorten(each) for each in found[: self._most]])


class _List:
    """An aggregate: the values as they come, as a JSON list of at most so many."""

    def __init__(self) -> None:
        self._values: list[Any] = []

    def step(self, most: int, value: Any) -> None:
        """Take one value."""
        if value is not None and len(self._values) < most:
            self._values.append(value)

    def finalize(self) -> str:
        """The list."""
        return dump_json([_shorten(each) for each in self._values])


class _Percentile:
    """An aggregate: the smallest value that a share of all values does not exceed."""

    def __init__(self) -> None:
        self._values: list[float] = []
        self._share = 0.0

    def step(self, share: float, value: float | None) -> None:
        """Take one value."""
        self._share = share
        if value is not None:
            self._values.append(value)

    def finalize(self) -> float | None:
        """The value."""
        place = max(math.ceil(self._share * len(self._values)), 1)
        return sorted(self._values)[place - 1] if self._values else None


def _shorten(value: Any) -> Any:
    """A real that is whole, as PostgreSQL writes it in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def dump_json(value: Any) -> str:
    """JSON as PostgreSQL writes `jsonb`: members by the length of their names, then by their bytes."""
    return json.dumps(_in_order(value), ensure_ascii=False)


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
        return {name: _in_order(value[name]) for name in names}
    return [_in_order(each) for each in value] if isinstance(value, list) else value


def _path(text: str | None, steps: str) -> str | None:
    value = None if text is None else json.loads(text)
    for step in json.loads(steps):
        value = _take_step(value, str(step))
    return None if value is None else dump_json(value)


def _take_step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    is_place = step.isascii() and step.isdigit() and len(step) < 9
    return value[int(step)] if isinstance(value, list) and is_place and int(step) < len(value) else None


def _dynamic_text(text: str | None) -> str:
    if text is None:
        return ""
    value = json.loads(text)
    return value if isinstance(value, str) else dump_json(value)


def _array_length(text: str | None) -> int | None:
    value = None if text is None else json.loads(text)
    return len(value) if isinstance(value, list) else None


def _split(text: str, at: str) -> str:
    return dump_json(text.split(at) if at else [text])


def _floor(value: float | None) -> float | None:
    return None if value is None else float(value // 1)


_FUNCTIONS: Final[tuple[tuple[str, int, Any], ...]] = (
    ("kql_lower", 1, str.lower),
    ("kql_upper", 1, str.upper),
    ("kql_has", 2, _has),
    ("kql_trim", 1, lambda text: text.strip(" \t\r\n")),
    ("kql_long", 1, read_long),
    ("kql_real", 1, read_real),
    ("kql_real_text", 1, format_real),
    ("kql_instant_text", 1, format_instant),
    ("kql_span_text", 1, format_span),
    ("kql_dynamic_text", 1, _dynamic_text),
    ("kql_floor", 1, _floor),
    ("kql_path", 2, _path),
    ("kql_array_length", 1, _array_length),
    ("kql_split", 2, _split),
)
