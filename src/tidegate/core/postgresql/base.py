"""The engine: a connection that is still good costs no question, and statements can be prepared.

Django asks `SELECT 1` before each request. A server that went away has closed its end, which the socket
tells at once; only where it has something to tell is the server asked. And Django writes values into the
SQL, so that PostgreSQL reads and plans each statement anew: what is asked all the time may be prepared.
"""

import select
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base

from tidegate.core.conflicts import write_conflict, write_names

ROWS_AT_ONCE: Final = 200


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    def is_usable(self) -> bool:
        """Whether the server still listens, as far as this end can know."""
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()

    def run_prepared(self, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that the server keeps ready, unless a pooler stands between."""
        cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(self.connection)
        return cursor.execute(sql, parameters, prepare=True).fetchall()

    def insert_rows(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert these rows: COPY."""
        with (
            self.cursor() as cursor,
            self.wrap_database_errors,
            cursor.copy(_write_copy(table, columns)) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def upsert_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[tuple[Any, ...]],
        key: Sequence[str],
        changed: Sequence[str],
    ) -> None:
        """Insert these rows; of those whose key is there, write some columns."""
        names = write_names(columns)
        places = f"({', '.join(['%s'] * len(columns))})"
        conflict = write_conflict(key, changed)
        with self.cursor() as cursor:
            for some in batched(rows, ROWS_AT_ONCE):
                values = ", ".join([places] * len(some))
                sql = f'INSERT INTO "{table}" ({names}) VALUES {values}{conflict}'  # noqa: S608
                cursor.execute(sql, [value for row in some for value in row])


def _write_copy(table: str, columns: Sequence[str]) -> str:
    return f'COPY "{table}" ({write_names(columns)}) FROM STDIN'
