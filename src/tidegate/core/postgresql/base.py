"""The engine: a connection that is still good costs no question, and statements can be prepared.

Django asks `SELECT 1` before each request. A server that went away has closed its end, which the socket
tells at once; only where it has something to tell is the server asked. And Django writes values into the
SQL, so that PostgreSQL reads and plans each statement anew: what is asked all the time may be prepared.
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


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
