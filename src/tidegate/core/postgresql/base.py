"""The engine: a connection that is still good costs no question, and statements can be prepared.

Django asks `SELECT 1` before each request. A server that went away has closed its end, which the socket
tells at once; only where it has something to tell is the server asked. And Django writes values into the
SQL, so that PostgreSQL reads and plans each statement anew: what is asked all the time may be prepared.
"""

import select
from asyncio import AbstractEventLoop as Loop
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from functools import cache, partial
from itertools import chain
from typing import Any, Final

import msgspec
import psycopg
from django.db.backends.postgresql import base

from tidegate.core.conflicts import write_conflict, write_names
from tidegate.core.postgresql.copying import Copy
from tidegate.core.postgresql.line import Line
from tidegate.core.postgresql.lines import write_lines
from tidegate.core.postgresql.ready import Ready
from tidegate.core.postgresql.sent import Sent

_GROWN: Final = (
    "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r' AND reltuples < %s "
    "AND relnamespace = current_schema()::regnamespace"
)
_KNOWN_WELL: Final = 1_000
"""Rows of a table; of more than it knows, the server reckons by the size, until it looks by itself."""
# Those are what plans are chosen by; to look at long texts takes several times as long.
_INDEXED: Final = (
    "SELECT DISTINCT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey) "
    "WHERE indrelid = to_regclass(quote_ident(%s))"
)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    _ready: Ready

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._sent: Sent | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor, for which the connection must be free."""
        self._end_sent()
        return super().create_cursor(name)

    def is_usable(self) -> bool:
        """Whether the server still listens, as far as this end can know."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()

    def get_new_connection(self, conn_params: Any) -> Any:
        """A connection, with nothing ready on it yet."""
        connection = super().get_new_connection(conn_params)
        self._ready = Ready(connection)
        return connection

    def run_prepared(
        self, sql: str, parameters: list[Any], *, is_planned_anew: bool = False
    ) -> list[tuple[Any, ...]]:
        """The rows of a statement that the server keeps ready, unless a pooler stands between.

        With `is_planned_anew` the server keeps nothing, and plans it for its values each time.
        """
        self._end_sent()
        if self._ready.can_run():
            return self._ready.run(sql, parameters, is_planned_anew=is_planned_anew)
        return self._run_by_driver(sql, parameters).fetchall()

    def write_prepared(self, sql: str, parameters: list[Any]) -> int:
        """How many rows were written by a statement that is kept ready likewise."""
        self._end_sent()
        if self._ready.can_run():
            return self._ready.write(sql, parameters)
        return self._run_by_driver(sql, parameters).rowcount

    def _run_by_driver(self, sql: str, parameters: list[Any]) -> "psycopg.Cursor[tuple[Any, ...]]":
        cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(self.connection)
        return cursor.execute(sql, parameters, prepare=False)

    def open_line(self, asked: Iterable[tuple[str, Sequence[Any]]]) -> Callable[[Loop], Line] | None:
        """Make this a connection of the loop's (`core.unwaiting`), on which these statements are ready.

        The second half is for the loop to do. None where a pooler stands between.
        """
        if not self._ready.can_run():
            return None
        for sql, parameters in asked:
            self._ready.prepare(sql, parameters)
        return partial(Line, self.connection, self._ready.names)

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, waits: bool = True
    ) -> None:
        """Insert these rows: COPY, also of one. Making them asks nothing of this connection.

        Without waiting, the server may still be at it when this returns, while the next rows are made. What
        it refuses is then raised by whatever is asked of it next, or by the end of the transaction.
        """
        sql, lines = _write_copy(table, tuple(columns)), write_lines(rows)
        # Until the server is free, what it will be given; and the rest while it stores that.
        made = self._make_meanwhile(lines)
        self._end_sent()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        engine: Any = self
        watching = engine.make_debug_cursor(None).debug_sql(sql) if self.queries_logged else nullcontext()
        with watching, self.wrap_database_errors:
            self._sent = Copy(self.connection, sql, chain(made, lines))
        if waits:
            self._end_sent()

    def check_at_once(self) -> None:
        """Have each statement of this transaction check keys of other tables, not its end for all of them."""
        self._change("SET CONSTRAINTS ALL IMMEDIATE", [])

    def look_at_grown(self, tables: Sequence[str], rows: int) -> None:
        """Have the server look at those of these tables of which it knows fewer rows than this, and few.

        It plans by what it knew when it last looked, which is every minute or so: of a table that was empty
        then it reads all of a tenant rather than an index.
        """
        with self.cursor() as cursor:
            cursor.execute(_GROWN, [list(tables), min(rows, _KNOWN_WELL)])
            for (table,) in cursor.fetchall():
                cursor.execute(_INDEXED, [table])
                names = write_names([name for (name,) in cursor.fetchall()])
                cursor.execute(f'ANALYZE "{table}"' + (f" ({names})" if names else ""))

    def look_at_all(self) -> None:
        """Nothing: the server does so by itself (autovacuum)."""

    def update_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        key: Sequence[str],
        *,
        waits: bool = True,
    ) -> None:
        """Write the columns of the rows with these keys, told as in `upsert_rows`.

        Without waiting, as in `insert_rows`.
        """
        self._change(_write_update(table, tuple(columns), tuple(key)), [_tell(columns, rows)])
        if waits:
            self._end_sent()

    def upsert_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        key: Sequence[str],
        changed: Sequence[str],
    ) -> None:
        """Insert these rows; of those whose key is there, write some columns.

        They go as one JSON text: of values by the thousand, each named by itself, the statement alone would
        take longer to write and to read than the rows to store.
        """
        sql = _write_insert(table, tuple(columns)) + write_conflict(key, changed)
        self._change(sql, [_tell(columns, rows)])
        self._end_sent()

    def _change(self, sql: str, parameters: list[Any]) -> None:
        """Send a statement that is always the same: prepared, where nobody watches what is asked."""
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                cursor.execute(sql, parameters)
            return
        self._end_sent()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            if self._ready.can_run():
                self._sent = self._ready.send(sql, parameters)
            else:
                self._run_by_driver(sql, parameters)

    def _commit(self) -> None:
        self._end_sent()
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self._drop_sent()
        super()._rollback()  # type: ignore[misc]

    def _close(self) -> None:
        self._drop_sent()
        super()._close()  # type: ignore[misc]

    def _make_meanwhile(self, lines: Iterator[bytes]) -> list[bytes]:
        """As much as can be made until the server is done with what it was given last."""
        made = list[bytes]()
        while self._sent and not self._sent.is_answered():
            some = next(lines, None)
            if some is None:
                break
            made.append(some)
        return made

    def _end_sent(self) -> None:
        """Wait until the server has stored what it was given last."""
        sent, self._sent = self._sent, None
        if sent:
            with self.wrap_database_errors:
                sent.finish()

    def _drop_sent(self) -> None:
        """Let it be: the transaction is given up. What the server still has to say of it interests nobody."""
        sent, self._sent = self._sent, None
        if sent:
            with suppress(psycopg.Error):
                sent.finish()


@cache
def _write_copy(table: str, columns: tuple[str, ...]) -> str:
    return f'COPY "{table}" ({write_names(columns)}) FROM STDIN'


def _tell(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    return msgspec.json.encode(told, enc_hook=str.__str__).decode()


@cache
def _write_insert(table: str, columns: tuple[str, ...]) -> str:
    names = write_names(columns)
    told = f'json_populate_recordset(NULL::"{table}", %s::json)'
    return f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {told}'  # noqa: S608


@cache
def _write_update(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    changes = ", ".join(f'"{name}" = "told"."{name}"' for name in columns if name not in key)
    found = " AND ".join(f'"kept"."{name}" = "told"."{name}"' for name in key)
    told = f'json_populate_recordset(NULL::"{table}", %s::json) AS "told"'
    return f'UPDATE "{table}" AS "kept" SET {changes} FROM {told} WHERE {found}'  # noqa: S608
