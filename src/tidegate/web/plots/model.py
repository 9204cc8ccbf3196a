"""What plots are made of, and what they give."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class SeverityCounts:
    """How many of each severity."""

    high: int = 0
    medium: int = 0
    low: int = 0
    informational: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.high + self.medium + self.low + self.informational

    def parts(self) -> Iterator[tuple[str, int]]:
        """Fill and count, from the most severe on."""
        yield "high", self.high
        yield "medium", self.medium
        yield "low", self.low
        yield "informational", self.informational


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing and the same numbers as a table. `drawing` is empty when there is nothing to draw."""

    drawing: SafeString
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a plot is called: `name` is unique on its page (it makes ids), the rest is read aloud."""

    name: str
    title: str
    description: str
