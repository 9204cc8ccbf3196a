"""What takes too long is cut off: one thread watches over everything that is limited in this process.

The time-out of a socket begins anew with each byte, which a slow server can go on sending. A thread for each
mail would cost more than handing the mail over.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

EVERY: Final = 0.5
_STAYS: Final = 30.0
"""Seconds between two looks; and how long the thread stays when there is nothing to watch."""

type Cut = Callable[[], None]


class _Watch:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: dict[object, tuple[float, Cut]] = {}
        self._is_running = False

    def begin(self, seconds: float, cut: Cut) -> object:
        key = object()
        with self._lock:
            self._ends[key] = (time.monotonic() + seconds, cut)
            if self._is_running:
                return key
            self._is_running = True
        threading.Thread(target=self._run, daemon=True, name="mail watch").start()
        return key

    def end(self, key: object) -> None:
        with self._lock:
            self._ends.pop(key, None)

    def _run(self) -> None:
        idle_since = time.monotonic()
        while True:
            time.sleep(EVERY)
            now = time.monotonic()
            with self._lock:
                due = [key for key, (ends, _) in self._ends.items() if ends <= now]
                cuts = [self._ends.pop(key)[1] for key in due]
                idle_since = now if self._ends or cuts else idle_since
                if now - idle_since > _STAYS:
                    self._is_running = False
                    return
            for cut in cuts:
                cut()


_watch: Final = _Watch()


@contextmanager
def limited(seconds: float, cut: Cut) -> Iterator[None]:
    """Call `cut`, once and from another thread, when the block is not over after so many seconds."""
    key = _watch.begin(seconds, cut)
    try:
        yield
    finally:
        _watch.end(key)
