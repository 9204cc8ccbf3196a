"""Reading ahead: the next item is made while the database is at work on the one before.

In one thread: two that compute only take turns, and whoever waited for the database then waits for its turn
as well. An engine that waits for its server says so (`work_until`), and steps towards the next item are
taken until the answer is there.
"""

import threading
from collections.abc import Callable, Generator, Iterator
from typing import Final


class _Ahead[T]:
    """An item in the making."""

    def __init__(self, steps: Iterator[T | None]) -> None:
        self._steps = steps
        self._item: T | None = None
        self._error: Exception | None = None
        self._has_ended = False

    @property
    def is_ready(self) -> bool:
        """Whether there is nothing more to do for now."""
        return self._has_ended or self._item is not None

    def step(self) -> None:
        """Take one step. Raises nothing: what goes wrong is raised where the item would have been."""
        try:
            self._item = next(self._steps)
        except StopIteration:
            self._has_ended = True
        except Exception as error:  # noqa: BLE001  whatever it is
            self._has_ended, self._error = True, error

    def take(self) -> T | None:
        """The item, made now as far as it is not; None at the end."""
        while not self.is_ready:
            self.step()
        if self._error is not None:
            raise self._error
        item, self._item = self._item, None
        return item


class _Here(threading.local):
    """What this thread makes while it waits."""

    ahead: "_Ahead[object] | None" = None


_here: Final = _Here()


def read_ahead[T](steps: Iterator[T | None]) -> Generator[T]:
    """The items of an iterator that gives None for each step on the way to one.

    While the caller works on an item, the steps to the next one are taken whenever this thread waits for the
    database, so they must not ask it anything. What they raise is raised where the item would have been.
    """
    ahead = _Ahead(steps)
    while (item := ahead.take()) is not None:
        before, _here.ahead = _here.ahead, ahead
        try:
            yield item
        finally:
            _here.ahead = before


def work_until(is_answered: Callable[[], object]) -> None:
    """Take steps of what this thread makes ahead, if anything, until there is an answer or an item."""
    ahead = _here.ahead
    while ahead is not None and not ahead.is_ready and not is_answered():
        ahead.step()
