"""The one place that asks for the time, so that tests and the made-up world can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("tidegate_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Within the block, in this thread alone, it is this moment."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
