"""A turn that is handed on in the order in which it was asked for.

Neither SQLite nor Python's own lock keeps an order: whoever writes again and again would keep others out
for seconds.
"""

import threading
from collections import deque


class Turn:
    """One of the threads has it; the others wait in line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()
        self._is_taken = False

    def take(self, seconds: float) -> bool:
        """Wait for the turn, at most for so long; whether it came."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._line.append(called)
        if called.wait(seconds):
            return True
        with self._lock:
            if called.is_set():
                # It came in the last moment.
                return True
            self._line.remove(called)
            return False

    def hand_on(self) -> None:
        """End the turn: it is the next one's in line, if somebody waits."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._is_taken = False
