"""Wrong secrets are counted: an application that sent too many from one address waits a minute.

Counted in this process alone, so that a flood of wrong secrets writes nothing: with several processes
the bound is as many times higher. A secret of 40 random signs is safe without; this keeps short ones
that somebody chose themselves from being tried out, and the log from filling.
"""

import ipaddress
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from tidegate.oauth.errors import StsError

FAILURES_AT_MOST: Final = 30
WINDOW_SECONDS: Final = 60.0
_KEPT_AT_MOST: Final = 10_000

type Who = tuple[object, ...]


@dataclass(slots=True)
class _Window:
    began_at: float
    failures: int = 0


class Guesses:
    """The failures of the last minute, whoever's; the oldest are forgotten when they are many."""

    def __init__(self, at_most: int = FAILURES_AT_MOST) -> None:
        self._at_most = at_most
        self._windows: OrderedDict[Who, _Window] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, who: Who) -> None:
        """Raise StsError for who failed too often just now."""
        window = self._windows.get(who)
        if window is None or window.failures < self._at_most:
            return
        left = window.began_at + WINDOW_SECONDS - time.monotonic()
        if left > 0:
            seconds = int(left) + 1
            raise StsError(90055, retry_after=seconds, seconds=seconds)

    def note(self, who: Who) -> None:
        """Count one failure."""
        now = time.monotonic()
        with self._lock:
            window = self._windows.get(who)
            if window is None or window.began_at + WINDOW_SECONDS < now:
                window = self._windows[who] = _Window(now)
                self._windows.move_to_end(who)
            window.failures += 1
            while len(self._windows) > _KEPT_AT_MOST:
                self._windows.popitem(last=False)

    def forget(self) -> None:
        """Begin anew; for tests."""
        with self._lock:
            self._windows.clear()


def place_of(ip_address: str) -> str:
    """Where a sender sits: an IPv4 address, or the network of an IPv6 one, all of which one sender has."""
    if ":" not in ip_address:
        return ip_address
    return str(ipaddress.ip_network((ip_address, 64), strict=False))


secrets_tried: Final = Guesses()
