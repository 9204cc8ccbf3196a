"""COPY through libpq itself, which the server may still be at while Python goes on.

The driver goes through a cursor, a context and a generator for each wait: for a few rows that costs more than
the server needs to store them.
"""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.pq import ExecStatus

from tidegate.core.postgresql.ready import begin
from tidegate.core.postgresql.sent import Sent


class Copy(Sent):
    """Rows on their way into a table."""

    def __init__(self, connection: "psycopg.Connection[Any]", sql: str, lines: Iterable[bytes]) -> None:
        """Tell the server all of it, as it is made. Raises psycopg.Error where it does not even begin.

        Where making it fails, the server takes none of it.
        """
        super().__init__(connection)
        begin(connection)
        libpq = connection.pgconn
        self.check(libpq.exec_(sql.encode()), ExecStatus.COPY_IN)
        try:
            for some in lines:
                libpq.put_copy_data(some)
                # The server stores these while the next are made.
                libpq.flush()
        except BaseException:
            libpq.put_copy_end(b"the rest of the rows could not be made")
            self.drop()
            raise
        libpq.put_copy_end()
        self.send_rest()
