"""The engine: a connection that is still good costs no question, and statements can be prepared.

Django asks `SELECT 1` before each request. A server that went away has closed its end, which the socket
tells at once; only where it has something to tell is the server asked. And Django writes values into the
SQL, so that PostgreSQL reads and plans each statement anew: what is asked all the time may be prepared.
"""

import select
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import psycopg
from django.db.backends.postgresql import base

from tidegate.core.conflicts import write_conflict, write_names
from tidegate.core.postgresql.lines import write_lines
from tidegate.core.postgresql.ready import Ready


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    _ready: Ready

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

    def run_prepared(self, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that the server keeps ready, unless a pooler stands between."""
        if self._ready.can_run():
            return self._ready.run(sql, parameters)
        cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(self.connection)
        return cursor.execute(sql, parameters, prepare=False).fetchall()

    def insert_rows(self, table: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
        """Insert these rows: COPY."""
        lines = write_lines(rows)
        with (
            self.cursor() as cursor,
            self.wrap_database_errors,
            cursor.copy(_write_copy(table, columns)) as copy,
        ):
            copy.write(lines)

    def upsert_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Iterable[Any]],
        key: Sequence[str],
        changed: Sequence[str],
    ) -> None:
        """Insert these rows; of those whose key is there, write some columns.

        They go as one JSON text: of values by the thousand, each named by itself, the statement alone would
        take longer to write and to read than the rows to store.
        """
        told = msgspec.json.encode(
            [dict(zip(columns, row, strict=True)) for row in rows], enc_hook=str.__str__
        )
        with self.cursor() as cursor:
            cursor.execute(_write_upsert(table, columns, key, changed), [told.decode()])


def _write_copy(table: str, columns: Sequence[str]) -> str:
    return f'COPY "{table}" ({write_names(columns)}) FROM STDIN'


def _write_upsert(table: str, columns: Sequence[str], key: Sequence[str], changed: Sequence[str]) -> str:
    names = write_names(columns)
    told = f'json_populate_recordset(NULL::"{table}", %s::json)'
    return f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {told}{write_conflict(key, changed)}'  # noqa: S608
