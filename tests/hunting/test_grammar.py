"""The grammar: what is written reads as what was meant, and nothing that can be written breaks it."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, make_cast, scope_with
from tests.hunting.hunts import hunt
from tests.hunting.printing import expressions as some_expressions
from tests.hunting.printing import print_expression, print_query, queries
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.hunting.errors import Place, QueryError, QueryTooCostly
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.parser import parse_query
from tidegate.hunting.language.tokens import LONGEST, tokenize
from tidegate.hunting.language.tree import Binary, Literal, Logical, Name, Pipeline, Print, Query, Where

WORDS = [
    "AlertInfo",
    "|",
    "where",
    "project",
    "by",
    "and",
    "or",
    "not",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "=",
    "==",
    "!=",
    "=~",
    "!",
    "..",
    ".",
    "-",
    "+",
    "*",
    "/",
    "%",
    "'a'",
    '"b"',
    "@'",
    'h"',
    "1",
    "1.5",
    "2h",
    "1e",
    "datetime(",
    "dynamic([",
    ")",
    "let",
    "in",
    "in~",
    "!in",
    "between",
    "join",
    "kind=inner",
    "on",
    "$left.",
    "$right.",
    "union",
    "summarize",
    "count()",
    "top",
    "sort",
    "take",
    "//",
    "\n",
    "\t",
    "\\",
    "~",
    "$",
    "#",
    "é",
    "null",
    "true",
    "timespan(1.",
    "0x",
    "99999999999999999999",
    "render",
]


@given(queries)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_printed_reads_as_what_it_was(query: Query) -> None:
    assume(not any(isinstance(each.value, Pipeline) and not each.value.operators for each in query.lets))
    assert parse_query(print_query(query)) == query


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
@settings(max_examples=600, deadline=None)
def test_no_text_raises_anything_but_what_is_wrong_with_it(text: str) -> None:
    try:
        parse_query(text)
    except QueryError as error:
        lines = text.split("\n")
        place = error.place
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_tokens_stand_where_they_say(text: str) -> None:
    try:
        found = tokenize(text)
    except QueryError:
        return
    for lexeme in found:
        before = text[: lexeme.start]
        assert lexeme.place == Place(before.count("\n") + 1, lexeme.start - (before.rfind("\n") + 1) + 1)


class TestRuns(TestCase):
    """Made-up queries over real tables: they run, or say why not, on whichever engine."""

    @given(st.lists(queries, min_size=8, max_size=8), st.lists(some_expressions, min_size=8, max_size=8))
    @settings(
        max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )
    def test_no_query_raises_anything_but_what_is_wrong_with_it(
        self, many: list[Query], more: list[object]
    ) -> None:
        with standing_at(NOW):
            scope = scope_with(make_cast().customer, Permission.HUNTING_READ)
            for text in [*map(print_query, many), *(f"print {print_expression(each)}" for each in more)]:  # type: ignore[arg-type]
                with suppress(QueryError, QueryTooCostly):
                    hunt(scope, text)


def condition(text: str) -> object:
    [where] = parse_query(f"T | where {text}").body.operators
    assert isinstance(where, Where)
    return where.condition


def test_operators_bind_as_in_kusto() -> None:
    a, b, c = Name("a"), Name("b"), Name("c")
    assert condition("a or b and c") == Logical("or", (a, Logical("and", (b, c))))
    assert condition("a and b and c") == Logical("and", (a, b, c))
    assert condition("a + b * c") == Binary("+", a, Binary("*", b, c))
    assert condition("a - b - c") == Binary("-", Binary("-", a, b), c)
    assert condition("a == b + c") == Binary("==", a, Binary("+", b, c))
    assert condition("a has 'x' and b") == Logical("and", (Binary("has", a, Literal(Kind.STRING, "x")), b))


def test_spaces_comments_and_line_ends_mean_nothing() -> None:
    one = parse_query("AlertInfo|where Title=='a//b'|take 5")
    other = parse_query("// first\nAlertInfo // a table\r\n\t| where Title == 'a//b'\n\n| take 5 // last")
    assert one == other


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("AlertInfo | where " + "(" * 100 + "1" + ")" * 100, "nested deeper"),
        ("AlertInfo | where " + "not(" * 100 + "true" + ")" * 100, "nested deeper"),
        ("(" * 100 + "AlertInfo" + ")" * 100, "nested deeper"),
        ("print " + "+".join("1" * 100), "More than 40 operators in a row"),
        ("print x" + "[0]" * 100, "More than 40 operators in a row"),
        ("print " + ", ".join("1" * 600), "more than 500 values"),
        ("AlertInfo" + " | take 5" * 100, "more than 60 operators"),
        ("// " + "x" * LONGEST, "longer than 20,000 characters"),
        ("print '\0'", "cannot be part of a query"),
        ("print '\ud800'", "cannot be part of a query"),
        ("print '\\u0000'", "is no escape"),
        ("print '\\ud800'", "is no escape"),
        ('print x in (dynamic(["\\u0000"]))', "is no escape"),
        ("print datetime('a", "is not closed"),
        ("print - - 1", "Expected a value"),
        ("T | join kind=inner (U) on $left.a == $left.b", "compares a column of $left with one of $right"),
    ],
)
def test_what_would_cost_too_much_or_breaks_databases_is_refused(text: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason.replace("(", r"\(").replace("$", r"\$")):
        parse_query(text)


def test_print_is_a_source_of_its_own() -> None:
    assert isinstance(parse_query("print 1").body.source, Print)
