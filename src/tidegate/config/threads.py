"""Threads that live as long as the process: of those that are idle, the one that worked last works next.

Each has a connection to the database of its own, which the database and the processor's caches know the
better, the more is asked over it. A quiet server so answers from one or two threads that are ready for
everything, instead of from each by turns.
"""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable

type Work = Callable[[], None]
type _Box = queue.SimpleQueue[Work]

_log = logging.getLogger(__name__)


class Threads:
    """As many threads as told. What finds none of them idle waits, first come, first served."""

    def __init__(self, number: int) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Box] = []
        self._waiting: deque[Work] = deque()
        for each in range(number):
            threading.Thread(target=self._run, daemon=True, name=f"request {each + 1}").start()

    def give(self, work: Work) -> None:
        """Have this done; returns at once. What it raises is logged."""
        with self._lock:
            if not self._idle:
                self._waiting.append(work)
                return
            box = self._idle.pop()
        box.put(work)

    def _run(self) -> None:
        box: _Box = queue.SimpleQueue()
        while True:
            work = self._next(box)
            try:
                work()
            except Exception:  # noqa: BLE001  whatever it was, the thread goes on
                _log.exception("a request failed outside of the application")
            # Kept until the next one comes, it would keep alive what the last request held.
            del work

    def _next(self, box: _Box) -> Work:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(box)
        return box.get()
