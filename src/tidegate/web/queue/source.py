"""What a source wrote, kept as text: shown as it is up to a length, the whole of it as a file."""

from dataclasses import dataclass
from typing import Final

import msgspec

from tidegate.web.inert import show_inert

SHOWN_AT_MOST: Final = 200_000


@dataclass(frozen=True, slots=True)
class Source:
    """Text for a page; `length` is that of the whole, in characters."""

    text: str
    length: int

    @property
    def is_cut(self) -> bool:
        """Whether there is more than is shown."""
        return self.length > SHOWN_AT_MOST


def read_source(text: str) -> Source | None:
    """The source's own text, signs that turn it written out; None for nothing."""
    return Source(show_inert(text[:SHOWN_AT_MOST]), len(text)) if text else None


def indent_document(text: str) -> Source:
    """A JSON document in lines that people can read."""
    lines = msgspec.json.format(text, indent=2)
    return Source(show_inert(lines[:SHOWN_AT_MOST]), len(lines))
