"""Expressions made up by chance, of the right types, against an evaluator in Python."""

import re
from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, make_cast, scope_with
from tests.hunting.hunts import hunt
from tests.hunting.printing import quote
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at

type Truth = bool | None
type Made = tuple[str, Any]
"""An expression as it is written, and what it comes to; None for null."""

_WORDS: Final = (
    "",
    "a",
    "B",
    "ab",
    "Abc",
    "c b",
    "zürich",
    "ZÜ",
    "a.b",
    "100%",
    "x_y",
    "it's",
    "\\",
    "é É",
    "b-a",
)
_BINS: Final = (1, 2, 7)


def equal(one: Any, other: Any) -> bool | None:
    if one is None and other is None:
        return None
    return one is not None and other is not None and one == other


def opposite(value: Truth) -> bool | None:
    return None if value is None else not value


def strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """Null where an operand is."""
    return lambda *values: None if None in values else function(*values)


def conjunction(one: Truth, other: Truth) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def disjunction(one: Truth, other: Truth) -> bool | None:
    return opposite(conjunction(opposite(one), opposite(other)))


def divide(one: int, other: int) -> int | None:
    return None if other == 0 else abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)


def remainder(one: int, other: int) -> int | None:
    return None if other == 0 else one - other * (divide(one, other) or 0)


def read_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", text) else None


def has(text: str, word: str) -> bool:
    found = re.escape(word.lower())
    before = r"(?<![^\W_])" if word[:1].isalnum() else ""
    after = r"(?![^\W_])" if word[-1:].isalnum() else ""
    return re.search(before + found + after, text.lower()) is not None


def binary(sign: str, function: Callable[..., Any], one: st.SearchStrategy[Made], other: Any = None) -> Any:
    return st.tuples(one, one if other is None else other).map(
        lambda two: (f"({two[0][0]} {sign} {two[1][0]})", function(two[0][1], two[1][1]))
    )


def call(
    name: str, function: Callable[..., Any], *operands: st.SearchStrategy[Made]
) -> st.SearchStrategy[Made]:
    return st.tuples(*operands).map(
        lambda given: (f"{name}({', '.join(text for text, _ in given)})", function(*(v for _, v in given)))
    )


_plain: Final = st.sampled_from(_WORDS).map(lambda text: (quote(text), text))


def _grow_texts(texts: Any) -> Any:
    return st.one_of(
        call("strcat", lambda one, other: one + other, texts, texts),
        call("tolower", str.lower, texts),
        call("toupper", str.upper, texts),
        st.tuples(texts, st.integers(0, 3), st.integers(0, 3)).map(
            lambda t: (f"substring({t[0][0]}, {t[1]}, {t[2]})", t[0][1][t[1] : t[1] + t[2]])
        ),
        call(
            "replace_string",
            lambda text, part, new: text.replace(part, new) if part else text,
            texts,
            _plain,
            texts,
        ),
    )


def _grow_numbers(numbers: Any) -> Any:
    return st.one_of(
        binary("+", strict(lambda one, other: one + other), numbers),
        binary("-", strict(lambda one, other: one - other), numbers),
        binary("*", strict(lambda one, other: one * other), numbers),
        binary("/", strict(divide), numbers),
        binary("%", strict(remainder), numbers),
        st.tuples(numbers, st.sampled_from(_BINS)).map(
            lambda two: (f"bin({two[0][0]}, {two[1]})", strict(lambda v: v // two[1] * two[1])(two[0][1]))
        ),
        call("abs", strict(abs), numbers),
        call("coalesce", lambda one, other: other if one is None else one, numbers, numbers),
    )


def _grow_conditions(conditions: Any) -> Any:
    return st.one_of(
        binary("and", conjunction, conditions),
        binary("or", disjunction, conditions),
        call("not", opposite, conditions),
    )


texts: Final = st.recursive(_plain, _grow_texts, max_leaves=4)
_leaf_numbers: Final = st.one_of(
    st.integers(-9, 9).map(lambda n: (f"({n})", n)),
    st.just(("long(null)", None)),
    texts.map(lambda made: (f"strlen({made[0]})", len(made[1]))),
    texts.map(lambda made: (f"tolong({made[0]})", read_number(made[1]))),
)
numbers: Final = st.recursive(_leaf_numbers, _grow_numbers, max_leaves=4)
_leaf_conditions: Final = st.one_of(
    binary("==", equal, numbers),
    binary("!=", lambda one, other: opposite(equal(one, other)), numbers),
    binary("<", strict(lambda one, other: one < other), numbers),
    binary(">=", strict(lambda one, other: one >= other), numbers),
    binary("==", equal, texts),
    binary("=~", lambda one, other: one.lower() == other.lower(), texts),
    binary("!~", lambda one, other: one.lower() != other.lower(), texts),
    binary("<", lambda one, other: one.encode() < other.encode(), texts),
    binary("contains", lambda one, other: other.lower() in one.lower(), texts),
    binary("contains_cs", lambda one, other: other in one, texts),
    binary("!startswith", lambda one, other: not one.lower().startswith(other.lower()), texts),
    binary("endswith", lambda one, other: one.lower().endswith(other.lower()), texts),
    binary("endswith_cs", lambda one, other: one.endswith(other), texts),
    binary("has", has, texts, _plain),
    binary("!has", lambda one, other: not has(one, other), texts, _plain),
    call("isempty", lambda text: text == "", texts),
    call("isnull", lambda number: number is None, numbers),
    st.tuples(numbers, st.lists(st.integers(-3, 3), min_size=1, max_size=3)).map(
        lambda two: (f"({two[0][0]} in ({', '.join(map(str, two[1]))}))", two[0][1] in two[1])
    ),
    st.tuples(texts, st.lists(_plain, min_size=1, max_size=3)).map(
        lambda two: (
            f"({two[0][0]} !in~ ({', '.join(t for t, _ in two[1])}))",
            two[0][1].lower() not in {v.lower() for _, v in two[1]},
        )
    ),
)
conditions: Final = st.recursive(_leaf_conditions, _grow_conditions, max_leaves=4)
anything: Final = st.one_of(
    texts,
    numbers,
    conditions,
    call("iff", lambda when, one, other: one if when else other, conditions, texts, texts),
    call("iff", lambda when, one, other: one if when else other, conditions, numbers, numbers),
)


class TestEvaluating(TestCase):
    @given(st.lists(anything, min_size=30, max_size=30))
    @settings(
        max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )
    def test_engine_and_evaluator_agree(self, made: list[Made]) -> None:
        with standing_at(NOW):
            scope = scope_with(make_cast().customer, Permission.HUNTING_READ)
            for start in range(0, len(made), 6):
                some = made[start : start + 6]
                written = ", ".join(f"v{place} = {text}" for place, (text, _) in enumerate(some))
                [row] = hunt(scope, f"print {written}").rows
                assert list(zip([text for text, _ in some], row, strict=True)) == some
