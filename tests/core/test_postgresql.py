"""The PostgreSQL engine asks the server no more often than it must, and keeps statements ready."""

import uuid
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from tidegate.core.postgresql.base import DatabaseWrapper

pytestmark = [
    pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="of PostgreSQL's engine alone"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def engine() -> Any:
    made = connections["default"].copy()
    made.ensure_connection()
    yield made
    made.close()


def test_connection_that_is_good_costs_no_question(engine: DatabaseWrapper) -> None:
    connection, engine.connection = engine.connection, _NeverAsked(engine.connection)

    assert engine.is_usable()
    engine.connection = connection


def test_connection_that_the_server_ended_is_noticed_and_made_anew(engine: Any) -> None:
    pid = engine.connection.info.backend_pid
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    assert not engine.is_usable()
    engine.health_check_enabled, engine.health_check_done = True, False
    with engine.cursor() as cursor:
        assert engine.connection.info.backend_pid != pid
        assert engine.is_usable()


EVERYTHING: Any = [
    uuid.UUID("7d9f0f4e-3a36-4b0d-9c1e-6f2b8d5a1c01"),
    datetime(2026, 3, 10, 9, 0, 0, 5, tzinfo=UTC),
    "100 % d'\u00e9t\u00e9",
    2**40,
    True,
    None,
]
_SQL = (
    "SELECT %s::uuid, %s::timestamptz, %s::text, %s::bigint, %s::boolean, %s::text, "
    "'%%', '{\"a\": [1]}'::jsonb"
)


def test_ready_statement_gives_what_a_cursor_gives(engine: Any) -> None:
    expected = psycopg.Cursor(engine.connection).execute(_SQL, EVERYTHING).fetchall()

    assert [engine.run_prepared(_SQL, EVERYTHING) for _ in range(2)] == [expected, expected]
    assert expected[0][:7] == (*EVERYTHING, "%")


def test_number_fits_whatever_the_server_takes_it_for(engine: Any) -> None:
    values = "(VALUES ('x'), ('y')) AS t(v)"
    sql = f"SELECT %s + 1, EXISTS(SELECT %s AS a), STRING_AGG(v, %s) FROM {values} WHERE v > %s"  # noqa: S608

    assert [engine.run_prepared(sql, [n, 1, " ", ""]) for n in (1, 2**20, 2**40)] == [
        [(n + 1, True, "x y")] for n in (1, 2**20, 2**40)
    ]


def test_statement_is_prepared_once_a_connection(engine: Any) -> None:
    for number in range(3):
        engine.run_prepared("SELECT %s::int", [number])
    ready = engine.run_prepared("SELECT count(*) FROM pg_prepared_statements WHERE name <> %s", [""])

    assert ready == [(2,)]
    engine.close()
    engine.ensure_connection()
    assert engine.run_prepared("SELECT %s::int", [7]) == [(7,)]


def test_ready_statement_is_in_the_transaction(engine: Any) -> None:
    with transaction.atomic():
        inside = connections["default"]
        times = [inside.run_prepared("SELECT now(), pg_sleep(%s)", [0.01])[0][0] for _ in range(2)]  # type: ignore[attr-defined]
    assert times[0] == times[1]


def test_refused_statement_says_why_and_is_ready_the_next_time(engine: Any) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        engine.run_prepared("SELECT 1 / %s::int", [0])

    assert engine.run_prepared("SELECT 1 / %s::int", [1]) == [(1,)]


def test_statement_that_the_server_forgot_is_prepared_anew(engine: Any) -> None:
    engine.run_prepared("SELECT %s::int", [1])
    with engine.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert engine.run_prepared("SELECT %s::int", [1]) == [(1,)]


def test_statement_whose_table_changed_is_prepared_anew(engine: Any) -> None:
    with engine.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE changing AS SELECT 1 AS n")
        assert engine.run_prepared("SELECT n FROM changing WHERE n > %s", [0]) == [(1,)]
        cursor.execute("ALTER TABLE changing ALTER n TYPE text")

    assert engine.run_prepared("SELECT n FROM changing WHERE n > %s", [""]) == [("1",)]


def test_statement_forgotten_within_a_transaction_says_so_and_is_ready_the_next_time(engine: Any) -> None:
    engine.run_prepared("SELECT %s::int", [1])
    with engine.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        cursor.execute("BEGIN")

    with pytest.raises(psycopg.errors.InvalidSqlStatementName):
        engine.run_prepared("SELECT %s::int", [1])
    with engine.cursor() as cursor:
        cursor.execute("ROLLBACK")
    assert engine.run_prepared("SELECT %s::int", [1]) == [(1,)]


def test_nothing_is_kept_ready_behind_a_pooler(engine: Any) -> None:
    engine.connection.prepare_threshold = None

    assert engine.run_prepared("SELECT %s::int", [1]) == [(1,)]
    assert engine.run_prepared("SELECT count(*) FROM pg_prepared_statements WHERE name <> %s", [""]) == [(0,)]


class _NeverAsked:
    """A connection whose socket may be looked at, and nothing else."""

    def __init__(self, connection: Any) -> None:
        self.closed = connection.closed
        self.fileno = connection.fileno


def test_statement_that_is_planned_anew_is_not_kept(engine: Any) -> None:
    assert engine.run_prepared("SELECT %s::int", [5], is_planned_anew=True) == [(5,)]

    assert engine.run_prepared("SELECT count(*) FROM pg_prepared_statements WHERE name <> %s", [""]) == [(1,)]


def test_change_that_is_not_awaited_is_ready_again_after_it_was_forgotten(engine: Any) -> None:
    with engine.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (id int, n int)")
        cursor.execute("INSERT INTO kept VALUES (1, 1)")
    engine.update_rows("kept", ["n", "id"], [(2, 1)], ["id"])
    with engine.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    engine.update_rows("kept", ["n", "id"], [(3, 1)], ["id"], waits=False)
    with pytest.raises(DatabaseError):
        engine.run_prepared("SELECT n FROM kept WHERE id = %s", [1])
    engine.update_rows("kept", ["n", "id"], [(4, 1)], ["id"], waits=False)

    assert engine.run_prepared("SELECT n FROM kept WHERE id = %s", [1]) == [(4,)]


def test_first_statement_of_a_transaction_begins_it(engine: Any) -> None:
    with engine.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE written (n int)")
    engine.set_autocommit(False)

    assert engine.write_prepared("INSERT INTO written VALUES (%s), (%s)", [1, 2]) == 2
    assert engine.connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
    engine.rollback()
    engine.set_autocommit(True)
    assert engine.run_prepared("SELECT n FROM written WHERE n > %s", [0]) == []


def test_transaction_that_is_more_than_plain_is_begun_by_the_driver(engine: Any) -> None:
    engine.connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    engine.set_autocommit(False)

    level = engine.run_prepared("SELECT current_setting(%s)", ["transaction_isolation"])

    engine.rollback()
    assert level == [("serializable",)]


def test_tables_that_have_grown_are_looked_at_and_no_others(engine: Any) -> None:
    def known() -> dict[str, float]:
        with engine.cursor() as cursor:
            cursor.execute(
                "SELECT relname, reltuples FROM pg_class WHERE relname IN ('grown', 'small', 'beside') "
                "AND relkind = 'r'"
            )
            return dict(cursor.fetchall())

    with engine.cursor() as cursor:
        for name, rows in (("grown", 50), ("small", 5), ("beside", 50)):
            cursor.execute(f"CREATE TABLE {name} AS SELECT generate_series(1, {rows}) AS number")
        cursor.execute("ANALYZE small")
    try:
        engine.look_at_grown(["grown", "small"], 5)
        assert known() == {"grown": 50, "small": 5, "beside": -1}
        with engine.cursor() as cursor:
            cursor.execute("INSERT INTO small SELECT generate_series(1, 20)")
        engine.look_at_grown(["small"], 5)
        assert known()["small"] == 5
        engine.look_at_grown(["small"], 25)
        assert known()["small"] == 25
    finally:
        with engine.cursor() as cursor:
            cursor.execute("DROP TABLE grown, small, beside")
