"""How much of a foreign file is taken: anything larger is refused with its position and a reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are characters of decoded text, depth counts nested objects and arrays, the rest are items."""

    record_text: int = 16 * 1024 * 1024
    depth: int = 64
    evidence: int = 10_000
    alerts: int = 10_000
    items: int = 10_000
    title: int = 4_096
    text: int = 1024 * 1024
    external_id: int = 256
