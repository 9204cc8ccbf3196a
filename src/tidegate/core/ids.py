"""Ids made by us: UUIDv7 (RFC 9562, section 5.7), so that newer ids sort after older ones."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, then random bits."""
    millis = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | tail
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def parse_uuid(text: str) -> uuid.UUID | None:
    """The UUID in its canonical 8-4-4-4-12 form, any case; None for anything else.

    `uuid.UUID()` alone also takes braces, a urn prefix and 32 bare digits; two spellings of
    one tenant in addresses would be two cache keys and two audit entries.
    """
    try:
        value = uuid.UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None
