"""The loop's own connection to PostgreSQL: many questions are under way at once, answered in their order.

libpq's pipeline mode. What is asked in one turn of the loop is sent at once, and is one transaction for the
server; each question still sees what was committed when its own turn comes. One that is refused ends the
line, and nobody is answered by it any more. psycopg's asynchronous connections do this too, at many times
the cost.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from tidegate.core.unwaiting import Unanswered

UNDER_WAY_AT_MOST: Final = 256

type Name = tuple[str, tuple[int, ...] | None]
type Rows = Sequence[Sequence[Any]]


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
        # One for all: it keeps how each kind of value is written and read.
        self._change = Transformer(connection)
        self._waiting: deque[asyncio.Future[Rows]] = deque()
        self._has_unsent = False
        self.is_open = True
        self._socket = self._libpq.socket
        self._libpq.nonblocking = 1
        self._libpq.enter_pipeline_mode()
        loop.add_reader(self._socket, self._hear)

    async def ask(self, sql: str, parameters: list[Any]) -> Rows:
        """The rows. Raises Unanswered."""
        try:
            values = self._change.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
            name = self._names.get((sql, self._change.types))
            if name is None or len(self._waiting) >= UNDER_WAY_AT_MOST:
                raise Unanswered
            # In a pipeline libpq keeps it until there is much, or the mark below.
            self._libpq.send_query_prepared(name, values)
        except psycopg.OperationalError as error:
            self.close()
            raise Unanswered from error
        answer: asyncio.Future[Rows] = self._loop.create_future()
        self._waiting.append(answer)
        if not self._has_unsent:
            self._has_unsent = True
            self._loop.call_soon(self._send)
        return await answer

    def close(self) -> None:
        """Let go of it; who still waits gets no answer."""
        self.is_open = False
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._connection.close()
        for answer in self._waiting:
            if not answer.done():
                answer.set_exception(Unanswered())
        self._waiting.clear()

    def _send(self) -> None:
        """Send what was asked in this turn, and a mark that the server answers up to."""
        self._has_unsent = False
        if self.is_open:
            try:
                self._libpq.pipeline_sync()
                self._flush()
            except psycopg.Error:
                self.close()

    def _flush(self) -> None:
        if self._libpq.flush():
            # The server does not read as fast as we ask: the rest goes when there is room.
            self._loop.add_writer(self._socket, self._send_rest)

    def _send_rest(self) -> None:
        self._loop.remove_writer(self._socket)
        try:
            self._flush()
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
        # Nothing ends each answer, and a mark all of a turn's, which may be read with the next turn's.
        if result is None or result.status == ExecStatus.PIPELINE_SYNC:
            return
        if result.status != ExecStatus.TUPLES_OK:
            # Whatever it was: a new line has its statements made ready anew.
            self.close()
            return
        rows = self._read(result)
        answer = self._waiting.popleft()
        if not answer.done():
            answer.set_result(rows)

    def _read(self, result: PGresult) -> Rows:
        self._change.set_pgresult(result)
        rows: Rows = self._change.load_rows(0, result.ntuples, tuple)
        return rows
