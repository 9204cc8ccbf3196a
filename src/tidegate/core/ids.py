"""Ids made by us: UUIDv7 (RFC 9562, section 5.7), so that newer ids sort after older ones."""

import os
import threading
import time
import uuid
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_LENGTH: Final = 36
_AT_ONCE: Final = 256


class _Random(threading.local):
    """Random bytes of one thread, fetched for many ids at once.

    The system is asked without Python's lock, for which who makes ids by the thousand would wait each time.
    """

    def __init__(self) -> None:
        self._rest = b""

    def take(self) -> bytes:
        """Eight of them, never the same ones twice."""
        if not self._rest:
            self._rest = os.urandom(8 * _AT_ONCE)
        taken, self._rest = self._rest[:8], self._rest[8:]
        return taken

    def forget(self) -> None:
        """Fetch new ones: another process has these too."""
        self._rest = b""


_random: Final = _Random()
os.register_at_fork(after_in_child=_random.forget)


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, 12 bits of their fraction, then random bits.

    The fraction (section 6.2, method 3) keeps what one process makes in order, not by the millisecond only.
    """
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    fraction = nanos * 4096 // 1_000_000
    tail = int.from_bytes(_random.take(), "big") >> 2
    return uuid.UUID(int=(millis & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | tail)


def uuid7_texts(number: int) -> Iterator[str]:
    """So many new UUIDv7 as 32 hex digits, newer than all before, and in no order among themselves.

    For rows by the thousand that nobody lists by age: a tenth of what `uuid7` costs.
    """
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    fraction = nanos * 4096 // 1_000_000
    begin = f"{millis & (1 << 48) - 1:012x}7{fraction:03x}8"
    random = os.urandom(8 * number).hex()
    # Of the second half, the variant's two bits and two more are the same for all; 60 are random.
    return (begin + random[at : at + 15] for at in range(0, 16 * number, 16))


def parse_uuid(text: str) -> uuid.UUID | None:
    """The UUID in its canonical 8-4-4-4-12 form, any case; None for anything else.

    `uuid.UUID()` alone also takes braces, a urn prefix and 32 bare digits; two spellings of
    one tenant in addresses would be two cache keys and two audit entries.
    """
    return _parse(text) if len(text) == _LENGTH else None


@lru_cache(maxsize=4096)
def _parse(text: str) -> uuid.UUID | None:
    # The same few ids come again and again, and nothing but the text decides what is made of it.
    try:
        value = uuid.UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None
