"""Questions that the server's loop asks without waiting: prepared ones, on a connection of the loop's own.

A thread that asks the database sleeps until the answer comes, and then waits for Python's lock. The loop may
do neither: every other request and every open page would wait with it. What is asked here is sent, and the
loop goes on; on SQLite, which answers an index's question from memory, it is asked for and never waited for.
Whoever gets no answer has another way: nothing here tries twice.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from django.db import DEFAULT_DB_ALIAS, connections

from tidegate.core.prepared import Prepared

AGAIN_AFTER_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


class Unanswered(Exception):
    """No answer came: there is no connection at present, or the database refused. It is asked otherwise."""


class Line(Protocol):
    """A connection of an engine's that only questions go over. What goes wrong on it closes it."""

    @property
    def is_open(self) -> bool:
        """Whether it is of any more use."""
        ...

    async def ask(self, sql: str, parameters: list[Any]) -> Sequence[Sequence[Any]]:
        """The rows. Raises Unanswered."""
        ...

    def close(self) -> None:
        """Let go of it, from the loop."""
        ...


type Opened = Callable[[asyncio.AbstractEventLoop], Line]


class Asker:
    """What a process's loop asks these questions with; opened, and opened again, in a thread."""

    def __init__(self, *questions: Prepared) -> None:
        self._questions = questions
        self._engine: Any = None
        self._line: Line | None = None
        self._opening: asyncio.Task[None] | None = None
        self._tried_at = -AGAIN_AFTER_SECONDS

    async def first(self, question: Prepared, **values: object) -> list[Any] | None:
        """The first row, or None. Raises Unanswered."""
        line = self._line
        if line is None or not line.is_open:
            self._open()
            raise Unanswered
        rows = await line.ask(*question.put(values))
        return next(iter(question.read(rows[:1], self._engine)), None)

    def close(self) -> None:
        """Let go of the connection."""
        if self._line:
            self._line.close()

    def _open(self) -> None:
        now = time.monotonic()
        if self._opening is None and now - self._tried_at >= AGAIN_AFTER_SECONDS:
            self._tried_at = now
            self._opening = asyncio.create_task(self._open_in_thread())

    async def _open_in_thread(self) -> None:
        try:
            opened = await asyncio.to_thread(self._connect)
            if opened is None:
                self._tried_at = math.inf
            else:
                self._line = opened(asyncio.get_running_loop())
        except Exception as error:  # noqa: BLE001  whatever it was, Django's threads meet and tell it too
            _log.warning("the loop has no connection to the database: %s", error)
        finally:
            self._opening = None

    def _connect(self) -> Opened | None:
        engine: Any = connections.create_connection(DEFAULT_DB_ALIAS)
        try:
            engine.ensure_connection()
            opened: Opened | None = engine.open_line([question.put_sample() for question in self._questions])
        except BaseException:
            engine.close()
            raise
        if opened is None:
            engine.close()
        self._engine = engine
        return opened


class Shared[T]:
    """A question that many ask at the same time, under way once: whoever comes meanwhile shares the next one.

    Nobody is answered by what was asked before they came.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._is_under_way = False
        self._waiting: list[asyncio.Future[T]] = []
        self._asking: asyncio.Task[None] | None = None

    async def get(self) -> T:
        """The answer. Raises what asking raises, for all who share it."""
        if self._is_under_way:
            answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._waiting.append(answer)
            return await answer
        self._is_under_way = True
        try:
            return await self._ask()
        finally:
            self._go_on()

    def _go_on(self, _ended: object = None) -> None:
        sharing, self._waiting = self._waiting, []
        self._is_under_way = bool(sharing)
        if sharing:
            self._asking = asyncio.create_task(self._ask_for(sharing))
            self._asking.add_done_callback(self._go_on)

    async def _ask_for(self, sharing: "list[asyncio.Future[T]]") -> None:
        try:
            found = await self._ask()
        except Exception as error:  # noqa: BLE001  it is raised where the answer is awaited
            for answer in sharing:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for answer in sharing:
                if not answer.done():
                    answer.set_result(found)
