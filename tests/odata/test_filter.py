"""The grammar of `$filter`."""

from datetime import UTC, datetime
from decimal import Decimal
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.odata.trees import grow, leaves, render
from tidegate.odata.errors import BadQuery
from tidegate.odata.filter.parser import parse_filter
from tidegate.odata.filter.tree import (
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

FUNCTIONS = "startswith, endswith, contains, tolower, toupper"
MARCH = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HIGH = Comparison(Path(("severity",)), Operator.EQ, Text("high"))
SINCE = Comparison(Path(("createdDateTime",)), Operator.GT, Moment(MARCH))
FOLDED = Comparison(Path(("severity",), Fold.LOWER), Operator.EQ, Text("high"))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("severity eq 'high'", HIGH),
        ("'high' eq severity", HIGH),
        ("  (( severity\tEQ 'high' )) ", HIGH),
        ("(severity) eq 'high'", HIGH),
        ("severity eq 'high' and createdDateTime gt 2026-03-01T09:30:00Z", And((HIGH, SINCE))),
        ("2026-03-01T09:30:00Z lt createdDateTime", SINCE),
        ("isRead or not isRead and isRead", Or((t := Truth(Path(("isRead",))), And((Not(t), t))))),
        ("not severity eq 'high'", Not(HIGH)),
        ("not(severity eq 'high')", Not(HIGH)),
        ("user/id in ('a', null)", In(Path(("user", "id")), (Text("a"), Null()))),
        ("Contains(title,'it''s')", c := Comparison(Path(("title",)), Operator.CONTAINS, Text("it's"))),
        ("substringof('it''s',title)", c),
        ("contains(title,'it''s') eq true", c),
        ("contains(title,'it''s') eq false", Not(c)),
        ("severity eq ToLower('HIGH')", HIGH),
        ("tags/any(t:t eq 'x')", Lambda(
            Path(("tags",)), Operator.ANY, "t", Comparison(Path(("t",)), Operator.EQ, Text("x"))
        )),
        ("tags/Any()", Lambda(Path(("tags",)), Operator.ANY)),
    ],
)  # fmt: skip
def test_filter_says(text: str, condition: Condition) -> None:
    assert parse_filter(text) == condition


@pytest.mark.parametrize(
    ("client", "text", "condition"),
    [
        ("XSOAR for Defender", "createdDateTime+gt+2026-03-01T09:30:00Z", SINCE),
        ("OpenCTI", "createdDateTime gt 2026-03-01T09:30:00+00:00", SINCE),
        ("OpenCTI, its plus lost", "createdDateTime gt 2026-03-01T09:30:00 00:00", SINCE),
        ("stix-shifter", "(tolower(severity) eq 'high') and (createdDateTime gt 2026-03-01T09:30:00Z)",
         And((FOLDED, SINCE))),
        ("Cortex", "(severity eq 'high') or (severity eq 'high')", Or((HIGH, HIGH))),
        ("Elastic", "createdDateTime gt 2026-03-01T09:30:00.0000009Z", SINCE),
        ("quoted", "status eq 'C++ +1'", Comparison(Path(("status",)), Operator.EQ, Text("C++ +1"))),
    ],
)  # fmt: skip
def test_filter_of_a_client_is_read(client: str, text: str, condition: Condition) -> None:
    assert parse_filter(text) == condition


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("-7", Number(-7)),
        ("7.50", Number(Decimal("7.5"))),
        ("1e3", Number(Decimal(1000))),
        ("TRUE", Boolean(value=True)),
        ("Null", Null()),
        ("11111111-1111-4111-8111-11111111111A", Guid(UUID("11111111-1111-4111-8111-11111111111a"))),
        ("microsoft.graph.security.alertSeverity'high'",
         Word("microsoft.graph.security.alertSeverity", "high")),
        ("2026-03-01T09:30Z", Moment(MARCH)),
        ("2026-03-01t09:30:00z", Moment(MARCH)),
        ("2026-03-01T09:30:00", Moment(MARCH)),
        ("2026-03-01T11:00:00.0+0130", Moment(MARCH)),
        ("2026-03-01T07:30:00-02:00", Moment(MARCH)),
        ("2026-03-01T09:30:00.12", Moment(MARCH.replace(microsecond=120_000))),
        ("2026-03-01T09:30:00.123456789Z", Moment(MARCH.replace(microsecond=123_456))),
        ("2026-03-01", Moment(datetime(2026, 3, 1, tzinfo=UTC))),
        ("2026-03-01Z", Moment(datetime(2026, 3, 1, tzinfo=UTC))),
        ("datetime'2026-03-01T09:30:00'", Moment(MARCH)),
    ],
)  # fmt: skip
def test_literal_is_read(text: str, literal: Literal) -> None:
    found = parse_filter(f"a eq {text}")
    assert isinstance(found, Comparison)
    assert (type(found.right), found.right) == (type(literal), literal)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "at character 1: expected a property, a value or an opening parenthesis, found the end"),
        ("severity = 'high'", "at character 10: = is no property, operator or value"),
        ("severity equals 'high'", "at character 10: expected and, or, or the end, found equals"),
        ("severity eq high", "at character 13: high is no value; a text stands in single quotes"),
        ("severity eq 'high", "at character 13: the text that begins with 'high has no closing quote"),
        ("severity eq 'high' and",
         "at character 23: expected a property, a value or an opening parenthesis, found the end"),
        ("(severity eq 'high'", "at character 20: expected ), found the end"),
        ("severity eq 'a' eq 'b'", "at character 17: expected and, or, or the end, found eq"),
        ("created gt 2026-02-30", "at character 12: 2026-02-30 is no date that there is"),
        ("created gt 0001-01-01T00:00:00+01:00",
         "at character 12: 0001-01-01T00:00:00+01:00 is no date that there is"),
        ("created gt 2026-03-01T00:00:00+24:00",
         "at character 12: 2026-03-01T00:00:00+24:00 is no date that there is"),
        ("len(title) gt 3",
         f"at character 1: there is no function len; supported are {FUNCTIONS}"),
        ("contains('a', title)", "at character 1: contains takes a property and a text"),
        ("1 eq 1", "at character 1: compare a property with a value"),
        ("(a eq 1) gt true", "at character 1: a condition can be compared with eq and ne only"),
        ("id in ()", "at character 8: expected a property, a value or an opening parenthesis, found )"),
        ("id in (a)", "at character 8: a list holds values only"),
        ("tolower(title)",
         "at character 15: expected an operator, one of eq, ne, gt, ge, lt, le, in, found the end"),
        ("tags/any(t eq 'x')", "at character 12: expected :, found eq"),
        ("title eq 'a\0b'", "at character 12: holds a sign that is no text"),
        ("a" * 8001, "is 8001 characters long; at most 8000 are read"),
        ("id in (" + "1," * 500 + "1)", "at character 806: has more than 400 conditions and values"),
    ],
)  # fmt: skip
def test_filter_refused_with_its_place_and_reason(text: str, reason: str) -> None:
    with pytest.raises(BadQuery) as refused:
        parse_filter(text)
    assert refused.value.fields == {"$filter": reason}


@settings(max_examples=50, deadline=None)
@given(grow(leaves))
def test_filter_written_out_is_read_back(condition: Condition) -> None:
    assert parse_filter(render(condition)) == condition


pieces = st.sampled_from(
    ["(", ")", "'", "''", "not ", " and ", " or ", " eq ", " in ", "a", "a/any(", "t:", ",", "1", "-", "+",
     "/", "2026-03-01", "T00:00", "Z", ".5", "e9", "null", "tolower(", "x'",
     "11111111-1111-4111-8111-111111111111"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60) | st.lists(pieces, max_size=25).map("".join))
def test_filter_of_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_filter(text)
    except BadQuery as refused:
        assert 0 <= refused.position <= len(text) + 1  # noqa: PT017


@pytest.mark.parametrize(
    "piece",
    ["(", "not ", "not(", "a/any(t:", "tolower(", "a eq 1 or ", "a in (1,", "'", "''", "-", "1", "9.", "+"],
)
def test_filter_hostile_in_size_is_refused_at_once(piece: str) -> None:
    text = (piece * 8000)[:8000]
    begin = process_time()
    with pytest.raises(BadQuery):
        parse_filter(text)
    # Milliseconds if it is linear, hours if it is not; the collector of garbage may come in between.
    assert process_time() - begin < 10
