"""COPY through libpq itself, which the server may still be at while Python goes on.

The driver goes through a cursor, a context and a generator for each wait: for a few rows that costs more than
the server needs to store them.
"""

import select
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from tidegate.core.postgresql.ready import begin


class Copy:
    """Rows on their way into a table. Nothing else may be asked of the connection before `finish`."""

    def __init__(self, connection: "psycopg.Connection[Any]", sql: str, lines: bytes) -> None:
        """Tell the server all of it. Raises psycopg.Error where it does not even begin."""
        self._connection = connection
        begin(connection)
        libpq = connection.pgconn
        self._check(libpq.exec_(sql.encode()), ExecStatus.COPY_IN)
        libpq.put_copy_data(lines)
        libpq.put_copy_end()
        self._send()

    def finish(self) -> None:
        """Wait until it is stored. Raises psycopg.Error, with what the server refused."""
        results = list(iter(self._connection.pgconn.get_result, None))
        for result in results:
            self._check(result, ExecStatus.COMMAND_OK)

    def _send(self) -> None:
        """Send all that is yet to be sent: what is left here, the server cannot store meanwhile."""
        libpq, poll = self._connection.pgconn, select.poll()
        poll.register(libpq.socket, select.POLLOUT)
        while libpq.flush():
            poll.poll()

    def _check(self, result: PGresult, wanted: ExecStatus) -> None:
        if result.status != wanted:
            raise error_from_result(result, self._connection.info.encoding)
