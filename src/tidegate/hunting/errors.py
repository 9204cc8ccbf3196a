"""The ways in which a query is refused."""

from dataclasses import dataclass
from typing import Final

from tidegate.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a query something stands: line and column, both from 1."""

    line: int
    column: int


class QueryError(InvalidInput):
    """A query that cannot be read or does not fit the tables; `place` is where it goes wrong."""

    code = "bad_query"

    def __init__(self, reason: str, place: Place) -> None:
        super().__init__(f"Line {place.line}, column {place.column}: {reason}")
        self.reason = reason
        self.place = place


class QueryTooCostly(InvalidInput):
    """A query that is read and understood, and asks for more than one run may have."""

    code = "query_too_costly"


TOO_LONG: Final = "A number became larger than 64 bits hold."
TOO_NESTED: Final = "The query is too large for the database: its expressions are nested too deeply."


def quote(text: str) -> str:
    """What somebody wrote, short enough to be quoted in a reason."""
    return f"'{text if len(text) <= 60 else text[:59] + '…'}'"
