"""What waits is done together: of all who want one kind of thing at once, one does it for the others too.

Where only one may write at a time, everybody else waits, and each then pays for a transaction of its own.
Here one of those who wait does it in one go for all who wait by then. There is no thread of its own, no
clock and no delay: whoever comes alone does it at once, for itself.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)

type Take[P] = Callable[[], list[P]]
type Write[K, P, R] = Callable[[K, Take[P]], Sequence[R]]


@dataclass(slots=True, eq=False)
class _Place[P, R]:
    """One who waits, `called` once it may go on: to do it for all who wait, or knowing what became of it."""

    part: P
    called: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    results: list[R] = field(default_factory=list)


class Together[K: Hashable, P, R]:
    """Parts that are written together, a line of them for each key.

    `write` is called by one thread for a key at a time. It gets ready, calls `take` once for all that waits
    by then, and returns what became of each part, in that order, when all of them are done. The parts that
    it takes at once are no larger than `at_most` by `size`, or one.
    """

    def __init__(self, write: Write[K, P, R], size: Callable[[P], int], at_most: int) -> None:
        self._write = write
        self._size = size
        self._at_most = at_most
        self._lock = threading.Lock()
        self._lines: dict[K, deque[_Place[P, R]]] = {}

    def do(self, key: K, part: P, alone: Callable[[], R]) -> R:
        """Have a part done, with others of its key or not; gives what became of it.

        Where `write` raises, it must have left nothing behind: each part is then done by its own thread,
        by `alone`, which raises what there is to raise.
        """
        place = self._line_up(key, part)
        try:
            place.called.wait()
        except BaseException:
            self._hand_on(key, [place])
            raise
        if place.leads:
            self._lead(key, place)
        return place.results[0] if place.results else alone()

    def _line_up(self, key: K, part: P) -> _Place[P, R]:
        place: _Place[P, R] = _Place(part)
        with self._lock:
            line = self._lines.setdefault(key, deque())
            line.append(place)
            if len(line) == 1:
                _call_first(line)
        return place

    def _lead(self, key: K, place: _Place[P, R]) -> None:
        taken = [place]

        def take() -> list[P]:
            taken[:] = self._choose(key)
            return [one.part for one in taken]

        try:
            results = self._write(key, take)
            for one, result in list(zip(taken, results, strict=True)):
                one.results.append(result)
        except Exception:  # noqa: BLE001  whatever it was, each finds out with its own part
            if len(taken) > 1:
                _log.warning("what waited could not be done together", exc_info=True)
        finally:
            self._hand_on(key, taken)

    def _choose(self, key: K) -> list[_Place[P, R]]:
        """The first who waits, who leads, and all behind it whose parts fit."""
        chosen, size = list[_Place[P, R]](), 0
        with self._lock:
            for place in self._lines[key]:
                size += self._size(place.part)
                if chosen and size > self._at_most:
                    break
                chosen.append(place)
        return chosen

    def _hand_on(self, key: K, gone: Sequence[_Place[P, R]]) -> None:
        """These wait no more. Whoever is first in line then does it for the others."""
        with self._lock:
            # Those of a round stay in line until it ends, so that nobody else begins one meanwhile.
            line = self._lines.get(key, deque())
            for place in gone:
                # One that was interrupted while it waited has left before.
                with suppress(ValueError):
                    line.remove(place)
                place.called.set()
            if line:
                _call_first(line)
            else:
                self._lines.pop(key, None)


def _call_first[P, R](line: deque[_Place[P, R]]) -> None:
    line[0].leads = True
    line[0].called.set()
