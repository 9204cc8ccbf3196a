"""The loop's own connection to PostgreSQL: many questions are under way at once, answered in their order.

libpq's pipeline mode. Each question is a transaction of its own and followed by a mark, so that one that is
refused leaves the others alone. psycopg's asynchronous connections do this too, at many times the cost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from tidegate.core.unwaiting import Unanswered

UNDER_WAY_AT_MOST: Final = 256

type Name = tuple[str, tuple[int, ...] | None]
type Rows = Sequence[Sequence[Any]]
type Read = Callable[[PGresult], Rows]


class Line:
    """A connection in pipeline mode, watched by the loop; `names` are the statements that are ready on it."""

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        names: Mapping[Name, bytes],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._names = names
        self._loop = loop
        self._waiting: deque[tuple[asyncio.Future[Rows], Read]] = deque()
        self._result: PGresult | None = None
        self.is_open = True
        self._socket = self._libpq.socket
        self._libpq.nonblocking = 1
        self._libpq.enter_pipeline_mode()
        loop.add_reader(self._socket, self._hear)

    async def ask(self, sql: str, parameters: list[Any]) -> Rows:
        """The rows. Raises Unanswered."""
        answer: asyncio.Future[Rows] = self._loop.create_future()
        change = Transformer(self._connection)
        try:
            values = change.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
            name = self._names.get((sql, change.types))
            if name is None or len(self._waiting) >= UNDER_WAY_AT_MOST:
                raise Unanswered
            self._libpq.send_query_prepared(name, values)
            self._libpq.pipeline_sync()
            self._waiting.append((answer, partial(_read, change)))
            self._send()
        except psycopg.OperationalError as error:
            self.close()
            raise Unanswered from error
        return await answer

    def close(self) -> None:
        """Let go of it; who still waits gets no answer."""
        self.is_open = False
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._connection.close()
        for answer, _ in self._waiting:
            _refuse(answer)
        self._waiting.clear()

    def _send(self) -> None:
        if self._libpq.flush():
            # The server does not read as fast as we ask: the rest goes when there is room.
            self._loop.add_writer(self._socket, self._send_more)

    def _send_more(self) -> None:
        self._loop.remove_writer(self._socket)
        try:
            self._send()
        except psycopg.Error:
            self.close()

    def _hear(self) -> None:
        try:
            self._libpq.consume_input()
            while self._waiting and not self._libpq.is_busy():
                self._take(self._libpq.get_result())
        except psycopg.Error:
            self.close()

    def _take(self, result: PGresult | None) -> None:
        if result is None:
            return
        if result.status != ExecStatus.PIPELINE_SYNC:
            self._result = result
            return
        answer, read = self._waiting.popleft()
        found, self._result = self._result, None
        if found is None or found.status != ExecStatus.TUPLES_OK:
            # Whatever it was: a new line has its statements made ready anew.
            _refuse(answer)
            self.close()
        elif not answer.done():
            answer.set_result(read(found))


def _read(change: Any, result: PGresult) -> Rows:
    """The rows, by what knows how the values were written."""
    change.set_pgresult(result)
    rows: Rows = change.load_rows(0, result.ntuples, tuple)
    return rows


def _refuse(answer: "asyncio.Future[Rows]") -> None:
    if not answer.done():
        answer.set_exception(Unanswered())
