"""The types of values in a query, and how they are kept while it runs.

Instants and spans of time are whole microseconds, instants since 1970 in UTC: so they add, compare and round
alike on every engine. A text is never null. A dynamic value is JSON as text.
"""

from enum import StrEnum


class Kind(StrEnum):
    """A type; its value is the name that Kusto gives it."""

    STRING = "string"
    LONG = "long"
    REAL = "real"
    BOOL = "bool"
    DATETIME = "datetime"
    TIMESPAN = "timespan"
    DYNAMIC = "dynamic"

    @property
    def is_number(self) -> bool:
        """Whether one can calculate with it."""
        return self in {Kind.LONG, Kind.REAL}


MOST_LONG = 2**63 - 1
