"""What the server may still be at while Python goes on, through libpq itself."""

import select
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from tidegate.core.ahead import work_until


class Sent:
    """What the server is at. Nothing else may be asked of the connection before `finish`."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

        self._poll = select.poll()
        self._poll.register(connection.pgconn.socket, select.POLLIN)

    def is_answered(self) -> bool:
        """Whether the server has something to say, as when it is done."""
        return bool(self._poll.poll(0))

    def finish(self) -> None:
        """Wait until it is done. Raises psycopg.Error, with what the server refused."""
        work_until(self.is_answered)
        for result in self._take_results():
            self.check(result, ExecStatus.COMMAND_OK)

    def drop(self) -> None:
        """Wait until the server has said what became of it, whatever that is."""
        self._take_results()

    def _take_results(self) -> list[PGresult]:
        return list(iter(self._connection.pgconn.get_result, None))

    def send_rest(self) -> None:
        """Send all that is yet to be sent: what is left here, the server cannot be at meanwhile."""
        libpq, poll = self._connection.pgconn, select.poll()
        poll.register(libpq.socket, select.POLLOUT)
        while libpq.flush():
            poll.poll()

    def check(self, result: PGresult, wanted: ExecStatus) -> None:
        """Raise psycopg.Error unless it went as wanted."""
        if result.status != wanted:
            raise error_from_result(result, self._connection.info.encoding)


class Change(Sent):
    """A statement that the server has ready, on its way, with its values.

    Where it fails, `forget` is called: the server may not have it ready any more.
    """

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        name: bytes,
        values: Sequence[Any],
        forget: Callable[[], object],
    ) -> None:
        super().__init__(connection)
        self._forget = forget
        connection.pgconn.send_query_prepared(name, values)
        self.send_rest()

    def check(self, result: PGresult, wanted: ExecStatus) -> None:
        """Raise psycopg.Error unless it went as wanted."""
        if result.status != wanted:
            self._forget()
        super().check(result, wanted)
