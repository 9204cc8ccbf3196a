"""What expressions come to: one contract for both engines, computed by hand."""

from typing import Any

import pytest

from tests.cast import Cast, scope_with
from tests.hunting.hunts import value_of
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.hunting.errors import QueryError, QueryTooCostly

pytestmark = pytest.mark.usefixtures("now")

NULL = "long(null)"
SAID: list[tuple[str, Any]] = [
    # Numbers. Whole numbers divide to whole numbers, and by zero to null.
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("7 / 2", 3),
    ("-7 / 2", -3),
    ("7 / 2.0", 3.5),
    ("7 % 4", 3),
    ("1 / 0", None),
    ("1.5 / 0", None),
    ("5 % 0", None),
    ("0x1F", 31),
    ("-5 - -5", 0),
    ("1e3", 1000.0),
    ("round(2.345, 2)", 2.35),
    ("round(7)", 7.0),
    ("ceiling(2.1)", 3.0),
    ("ceiling(-2.1)", -2.0),
    ("abs(-3)", 3),
    ("abs(-1.5)", 1.5),
    ("min_of(3, 1, 2)", 1),
    ("max_of(1, 2.5)", 2.5),
    # Bins round down, also below zero; those of instants begin with the year 1, a Monday.
    ("bin(7, 5)", 5),
    ("bin(-7, 5)", -10),
    ("bin(7.7, 0.5)", 7.5),
    ("bin(-0.2, 1.0)", -1.0),
    ("bin(datetime(2026-03-05 10:31:00), 1h)", "2026-03-05T10:00:00Z"),
    ("bin(datetime(2026-03-05 10:31:00), 7d)", "2026-03-02T00:00:00Z"),
    ("bin(datetime(1969-12-31 23:59:59), 1d)", "1969-12-31T00:00:00Z"),
    ("bin(26h, 1d)", "1.00:00:00"),
    ("floor(9, 4)", 8),
    # Time.
    ("now()", "2026-03-10T09:00:00Z"),
    ("ago(1d)", "2026-03-09T09:00:00Z"),
    ("now(-90m)", "2026-03-10T07:30:00Z"),
    ("datetime(2026-03-05)", "2026-03-05T00:00:00Z"),
    ("datetime(2026-03-05T10:20:30.1234567+01:00)", "2026-03-05T09:20:30.123456Z"),
    ("datetime(null)", None),
    ("datetime(2026-03-05) - datetime(2026-03-01)", "4.00:00:00"),
    ("datetime(2026-03-05) + 1.5h", "2026-03-05T01:30:00Z"),
    ("1d + 2h + 3m + 4s + 5ms", "1.02:03:04.0050000"),
    ("2h - 3h", "-01:00:00"),
    ("1d / 6h", 4.0),
    ("1d / 2", "12:00:00"),
    ("2 * 1h", "02:00:00"),
    ("timespan(1.02:03:04.5)", "1.02:03:04.5000000"),
    ("time(2h)", "02:00:00"),
    ("10ticks", "00:00:00.0000010"),
    ("startofday(datetime(2026-03-05 10:31:00))", "2026-03-05T00:00:00Z"),
    ("startofweek(datetime(2026-03-05 10:31:00))", "2026-03-01T00:00:00Z"),
    ("startofweek(datetime(2026-03-01 00:00:00))", "2026-03-01T00:00:00Z"),
    ("dayofweek(datetime(2026-03-05 10:31:00))", "4.00:00:00"),
    ("dayofweek(datetime(2026-03-01))", "00:00:00"),
    ("hourofday(datetime(2026-03-05 10:31:00))", 10),
    ("hourofday(datetime(1969-12-31 23:30:00))", 23),
    ("todatetime('2026-03-05')", "2026-03-05T00:00:00Z"),
    ("datetime(2026-03-05) between (datetime(2026-03-01) .. datetime(2026-03-05))", True),
    ("datetime(2026-03-06) between (datetime(2026-03-01) .. 4d)", False),
    ("datetime(2026-03-06) !between (datetime(2026-03-01) .. 4d)", True),
    # Texts: == minds the case, all else does not, but for _cs.
    ("'a' == 'A'", False),
    ("'a' =~ 'A'", True),
    ("'ZÜRICH' =~ 'zürich'", True),
    ("'a' != 'A'", True),
    ("'a' !~ 'A'", False),
    ("'a' < 'b'", True),
    ("'B' < 'a'", True),
    ("'abc' contains 'BC'", True),
    ("'abc' !contains 'BC'", False),
    ("'abc' contains_cs 'BC'", False),
    ("'100%' contains '%'", True),
    ("'100' contains '%'", False),
    ("'a_b' contains '_'", True),
    ("'ab' contains '_'", False),
    ("'Straße ÉTÉ' contains 'été'", True),
    ("'abc' startswith 'AB'", True),
    ("'abc' startswith_cs 'AB'", False),
    ("'abc' !startswith 'bc'", True),
    ("'abc' endswith 'BC'", True),
    ("'abc' endswith 'abcd'", False),
    ("'abc' endswith_cs 'bc'", True),
    ("'abc' startswith ''", True),
    ("'abc' endswith ''", True),
    ("'the Quick fox' has 'quick'", True),
    ("'the Quickest fox' has 'quick'", False),
    ("'the Quick fox' has_cs 'quick'", False),
    ("'the quickest' !has 'quick'", True),
    ("'evil.exe' has 'exe'", True),
    ("'evil.exe' has '.exe'", True),
    ("'evil_exe' has 'exe'", True),
    ("'c:\\\\temp\\\\a.ps1' has 'temp'", True),
    ("'zürichsee' has 'zürich'", False),
    ("'in Zürich' has 'ZÜRICH'", True),
    ("'a.b' has 'a+b'", False),
    ("'x (a|b) y' has '(a|b)'", True),
    ("'anything' has ''", True),
    ("'the quickest' hasprefix 'quick'", True),
    ("'the unquick' hasprefix 'quick'", False),
    ("'the unquick' hassuffix 'QUICK'", True),
    ("'red green' has_any ('blue', 'GREEN')", True),
    ("'red green' has_all ('red', 'blue')", False),
    ('"red green" has_any (dynamic(["blue", "red"]))', True),
    ("'b' in ('a', 'b')", True),
    ("'B' in ('a', 'b')", False),
    ("'B' in~ ('a', 'b')", True),
    ("'B' !in ('a', 'b')", True),
    ("'B' !in~ ('a', 'b')", False),
    ("2 in (1, 2.0)", True),
    ('\'b\' in (dynamic(["a", "b"]))', True),
    ("'b' in (dynamic([]))", False),
    ("'b' !in (dynamic([]))", True),
    ("strlen('Zürich')", 6),
    ("strlen('')", 0),
    ("tolower('ZÜRICH')", "zürich"),
    ("toupper('zürich')", "ZÜRICH"),
    ("substring('abcdef', 2)", "cdef"),
    ("substring('abcdef', 1, 3)", "bcd"),
    ("substring('abcdef', 9, 3)", ""),
    ("strcat('a', 1, true, 1.5)", "a1True1.5"),
    ("replace_string('a-b-c', '-', '+')", "a+b+c"),
    ("indexof('abcabc', 'c')", 2),
    ("indexof('abc', 'x')", -1),
    ("split('a,b,c', ',')", ["a", "b", "c"]),
    ("split('a,b,c', ',')[1]", "b"),
    ("tostring(split('a,b,c', ',')[2])", "c"),
    ("split('a,b', ',')[5]", None),
    ("array_length(split('a,b,c', ','))", 3),
    ("@'c:\\temp'", "c:\\temp"),
    ('"it\'s"', "it's"),
    ("'tab\\there'", "tab\there"),
    ("h'secret'", "secret"),
    ("'\\u00e9'", "é"),
    # Types into each other.
    ("tostring(5)", "5"),
    ("tostring(1.5)", "1.5"),
    ("tostring(3.0)", "3"),
    ("tostring(true)", "True"),
    ("tostring(datetime(2026-03-05 10:20:30))", "2026-03-05T10:20:30.0000000Z"),
    ("tostring(1d + 1s)", "1.00:00:01"),
    ("tostring(-90m)", "-01:30:00"),
    ("tostring(1500ms)", "00:00:01.5000000"),
    (f"tostring({NULL})", ""),
    ("tolong('42')", 42),
    ("toint(' -7 ')", -7),
    ("tolong('4x')", None),
    ("tolong('')", None),
    ("tolong(3.9)", 3),
    ("tolong(-3.9)", -3),
    ("tolong(true)", 1),
    ("toreal('1.5e2')", 150.0),
    ("todouble('x')", None),
    ("toreal(3)", 3.0),
    # Choices.
    ("iff(1 > 2, 'a', 'b')", "b"),
    ("iff(1 < 2, 1, 2.5)", 1.0),
    ("case(1 > 2, 'a', 2 > 1, 'b', 'c')", "b"),
    ("case(false, 'a', false, 'b', 'c')", "c"),
    ("coalesce('', 'b')", "b"),
    (f"coalesce({NULL}, 5)", 5),
    ("not(true)", False),
    ("true and not(false) or false", True),
    ("false or true and false", False),
    # Nulls.
    (f"{NULL} == 1", False),
    (f"{NULL} != 1", True),
    (f"{NULL} == {NULL}", None),
    (f"{NULL} != {NULL}", None),
    (f"not({NULL} == 1)", True),
    (f"{NULL} > 1", None),
    (f"{NULL} + 1", None),
    (f"isnull({NULL})", True),
    (f"isnotnull({NULL})", False),
    ("isnull('')", False),
    ("isempty('')", True),
    ("isnotempty('a')", True),
    (f"isempty({NULL})", True),
    (f"{NULL} in (1, 2)", False),
    (f"{NULL} !in (1, 2)", True),
]

REFUSED: list[tuple[str, str]] = [
    ("1 + 'a'", "There is no long + string. Join texts with strcat(...)."),
    (
        "1 == 'a'",
        "These are of different types: long and string. Write tostring(...) around the one that is no text.",
    ),
    (
        "now() > '2026'",
        "These are of different types: datetime and string. Write an instant as datetime(2026-03-01).",
    ),
    ("1h > 5", "These are of different types: long and timespan. Write a span of time as 1d, 2h or 30m."),
    ("not(1)", "This is a long; a condition is expected."),
    ("-'a'", "A minus cannot stand before a string."),
    ("5 has 'a'", "This is a long; a text is expected. Write tostring(...) around it."),
    ("'a' has tolower('B')", "What has looks for must be a text that is known before the query runs."),
    ("tolwer('a')", "There is no function 'tolwer' here; did you mean tolower?"),
    ("iff(true, 1)", "It is written iff(condition, value, other)."),
    ("bin(5, 0)", "The size of bins must be known and above zero."),
    (
        "null",
        "There is no column 'null' here; write isnull(...), or a null of a type such as datetime(null).",
    ),
    ("AlertInfo", "'AlertInfo' is a table; a single value is expected here."),
    ("9223372036854775807 + 1", "A long cannot be as large as this."),
    ("99999999999999999999", "A long cannot be as large as this."),
    ("datetime(2026-02-30)", "'2026-02-30' is no datetime."),
    ("'a' matches regex '(a+)+'", "Regular expressions are not offered; use has, contains or startswith."),
    ("count()", "There is no function 'count' here"),
    ("true < false", "Values of type bool have no order."),
    ("todatetime(tostring(1))", "todatetime() takes a text that is known before the query runs, and a date."),
    ("parse_json('{}')", "Only columns that hold JSON can be read as JSON here."),
    ("*", "A single value is expected here."),
]


def scope_of(cast: Cast) -> Scope:
    return scope_with(cast.customer, Permission.HUNTING_READ)


def test_expressions_come_to_what_kusto_makes_of_them(cast: Cast) -> None:
    scope = scope_of(cast)
    found = {expression: value_of(scope, expression) for expression, _ in SAID}
    assert found == dict(SAID)
    assert {name: type(value) for name, value in found.items()} == {name: type(value) for name, value in SAID}


def test_what_does_not_fit_is_refused_with_a_reason(cast: Cast) -> None:
    scope, found = scope_of(cast), {}
    for expression, _ in REFUSED:
        with pytest.raises(QueryError) as refused:
            value_of(scope, expression)
        found[expression] = refused.value.reason
    for expression, reason in REFUSED:
        assert found[expression].startswith(reason), expression


@pytest.mark.parametrize(
    "expression",
    ["tolong('9223372036854775') * tolong('9223372036854775')", "tolong('900000000000000000') * 100"],
)
def test_number_beyond_64_bits_is_refused(cast: Cast, expression: str) -> None:
    with pytest.raises(QueryTooCostly, match="A number became larger than 64 bits hold"):
        value_of(scope_of(cast), expression)
