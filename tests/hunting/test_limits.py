"""What one run may have, and that it only reads, whatever it is told."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.hunting.hunts import EVER, hunt, rows_of
from tidegate.authorization.scope import Scope
from tidegate.hunting.engines import engine_of
from tidegate.hunting.engines.postgresql import PostgreSQL
from tidegate.hunting.engines.sqlite import SQLite
from tidegate.hunting.errors import QueryError, QueryTooCostly
from tidegate.hunting.fragments import Sql, fill
from tidegate.hunting.running import PROGRAM, Limits, compile_for
from tidegate.incidents.models import Alert

# Each would do something, or see something, if any of it became SQL.
HOSTILE = (
    "'; DROP TABLE incidents_alert; --",
    "' OR '1'='1",
    "\\' OR 1=1 --",
    '" OR ""="',
    "%s",
    "%(x)s",
    "{0}",
    "%%",
    "$1",
    "?1",
    ":x",
    "c1",
    "t1; DELETE FROM incidents_alert",
    "/* x */ -- y",
    "a) UNION SELECT * FROM accounts_account (",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_writes_stays_a_value(analyst: Scope, text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    [row] = rows_of(
        analyst,
        f"AlertInfo | take 1 | extend A = {quoted}, [{quoted}] = 1"
        f" | where A == {quoted} and A has {quoted} and A contains {quoted} and A in ({quoted})"
        f" and A =~ {quoted}"
        f" | summarize N = count(), S = make_set(A) by A, [{quoted}] | sort by A asc"
        f" | project A, S, strlen(A), replace_string(A, {quoted}, 'x'), split(A, {quoted}), [{quoted}]",
    )
    assert row == (text, [text], len(text), "x", ["", ""], 1)
    assert rows_of(analyst, f"AlertInfo | where Title contains {quoted}") == []
    assert rows_of(analyst, f"AlertEvidence | where tostring(AdditionalFields[{quoted}]) != ''") == []


@pytest.mark.parametrize("text", HOSTILE)
def test_names_that_are_none_are_refused(analyst: Scope, text: str) -> None:
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    for query in (
        f"AlertInfo | project [{quoted}]",
        f"AlertInfo | where [{quoted}] == 1",
        f"AlertInfo | summarize sum([{quoted}])",
        f"AlertInfo | sort by [{quoted}]",
        f"AlertInfo | join AlertEvidence on [{quoted}]",
        f"[{quoted}]",
    ):
        with pytest.raises(QueryError, match="There is no"):
            hunt(analyst, query)


def test_statement_holds_nothing_that_was_written(analyst: Scope) -> None:
    query = (
        "let Marker1 = 'marker2'; AlertInfo | extend Marker3 = 'marker4', Marker5 = 987654"
        " | where Title has 'marker6'"
        " | project-rename Marker7 = Title | summarize Marker8 = count() by Marker7 | sort by Marker8"
        " | where Marker7 in ('marker9', Marker1)"
    )
    for engine in (SQLite(), PostgreSQL()):
        compiled = compile_for(analyst, query, EVER, engine, 10)
        assert "arker" not in compiled.sql.text
        assert "987654" not in compiled.sql.text
        assert compiled.sql.text.replace("%%", "").count("%s") == len(compiled.sql.params)


def test_both_engines_have_the_same_templates() -> None:
    assert set(SQLite().templates) == set(PostgreSQL().templates)


def test_template_takes_each_parameter_as_often_as_it_names_it() -> None:
    filled = fill("{1} {0} {1}", [Sql("a %s", (1,)), Sql("b %s %s", (2, 3))])
    assert filled == Sql("b %s %s a %s b %s %s", (2, 3, 1, 2, 3))


def test_run_cannot_write(world: Cast) -> None:
    engine = engine_of(connection.vendor)
    with pytest.raises(DatabaseError, match=r"(?i)read-?only"), engine.reading(5), transaction.atomic():
        Alert.objects.across_tenants().update(title="x")
    assert not Alert.objects.across_tenants().filter(title="x").exists()
    # What comes after may write again.
    assert Alert.objects.across_tenants().update(title="y")


def test_run_is_one_statement(analyst: Scope) -> None:
    with CaptureQueriesContext(connection) as captured:
        rows_of(analyst, "AlertInfo | join kind=inner AlertEvidence on AlertId | summarize count() by Title")
    statements = [q["sql"] for q in captured.captured_queries if q["sql"].lstrip().upper().startswith("WITH")]
    # A cursor at the server is not captured; the settings around it are.
    assert len(statements) == (1 if connection.vendor == "sqlite" else 0)
    assert len(captured) <= 8


def test_what_takes_too_long_is_ended(analyst: Scope) -> None:
    # Each join multiplies the rows.
    query = "let T = AlertEvidence | extend K = 1; T"
    query += " | join kind=inner (T) on K" * 14 + " | count"
    with pytest.raises(QueryTooCostly, match=r"took longer than 0\.5 seconds"):
        hunt(analyst, query, limits=Limits(10, 1, 0.5))
    assert rows_of(analyst, "AlertInfo | count") == [(3,)]


def test_rows_beyond_the_most_are_refused_or_cut(analyst: Scope) -> None:
    with pytest.raises(QueryTooCostly, match="more than 2 rows"):
        hunt(analyst, "AlertInfo", limits=Limits(2, 1, 5))
    cut = hunt(
        analyst, "AlertInfo | sort by AlertId asc | project AlertId", limits=Limits(2, 1, 5, cuts=True)
    )
    assert (cut.rows, cut.is_cut) == ([("a1",), ("a2",)], True)
    whole = hunt(analyst, "AlertInfo", limits=Limits(3, 1, 5, cuts=True))
    assert (len(whole.rows), whole.is_cut) == (3, False)


def test_bytes_beyond_the_most_are_refused(analyst: Scope) -> None:
    doubled = "AlertInfo | extend X = '" + "x" * 1_000 + "'" + " | extend X = strcat(X, X)" * 10
    with pytest.raises(QueryTooCostly, match="larger than 1 MB"):
        hunt(analyst, doubled, limits=Limits(10, 1, 5))


def test_sum_beyond_64_bits_is_refused(analyst: Scope) -> None:
    query = "AlertEvidence | extend N = tolong('900000000000000000') * 5 | summarize sum(N)"
    with pytest.raises(QueryTooCostly, match="larger than 64 bits"):
        hunt(analyst, query)


def test_expressions_that_grow_without_end_are_refused(analyst: Scope) -> None:
    nested = "1d"
    for _ in range(20):
        nested = f"min_of({nested}, 1h, 2h)"
    with pytest.raises(QueryTooCostly, match="too large"):
        hunt(analyst, f"AlertInfo | project {nested}", limits=PROGRAM)


@pytest.mark.parametrize(
    "query",
    [
        "print " + "(" * 20 + "1" + ")" * 20,
        "AlertInfo | where " + "not(" * 21 + "Title has 'x'" + ")" * 21 + " | count",
        "AlertInfo | extend X = " + "tolower(" * 20 + "Title" + ")" * 20 + " | distinct X",
        "print x = 1" + " + 1" * 40,
        "AlertInfo | extend N = strlen(Title) | project X = N" + " + N" * 40,
        "AlertInfo | where " + " or ".join(["Title has 'x'"] * 200) + " | count",
        "AlertInfo" + " | where Title != 'x'" * 59,
        "AlertInfo" + " | extend X = strcat(Title, AlertId)" * 58 + " | distinct X",
        "AlertInfo" + " | join kind=inner AlertInfo on AlertId" * 10 + " | count",
        "union " + ", ".join(["AlertInfo"] * 40) + " | count",
        "AlertInfo" + " | summarize arg_max(Timestamp, *) by AlertId" * 15,
        "AlertInfo | where Title in (" + ", ".join(["'x'"] * 450) + ") | count",
        "AlertInfo | extend X = " + "-(" * 20 + "1" + ")" * 20 + " | distinct X",
        "AlertInfo | extend X = " + "iff(true, " * 12 + "1" + ", 2)" * 12 + " | distinct X",
    ],
)  # fmt: skip
def test_query_at_the_bounds_of_the_grammar_runs(analyst: Scope, query: str) -> None:
    assert hunt(analyst, query).columns


def test_what_an_engine_cannot_parse_is_refused(analyst: Scope) -> None:
    query = "AlertInfo | extend X = " + "iff(true, " * 21 + "1" + ", 2)" * 21 + " | distinct X"
    if connection.vendor == "sqlite":
        with pytest.raises(QueryTooCostly, match="nested too deeply"):
            hunt(analyst, query)
    else:
        assert rows_of(analyst, query) == [(1,)]
