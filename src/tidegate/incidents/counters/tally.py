"""What rows count as: the columns of `QueueCounter` that they are in."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

type Tally = Counter[str]

KINDS: Final = ("incidents", "alerts")
COLUMNS: Final = tuple(
    name
    for kind in KINDS
    for name in (*(f"open_{kind}_{severity.word}" for severity in Severity), f"unassigned_{kind}")
)


def column_of(kind: str, severity: Severity) -> str:
    """The column that counts the open ones of a kind and a severity."""
    return f"open_{kind}_{severity.word}"


def sum_of_kind(sums: Mapping[str, int], kind: str) -> int:
    """How many of a kind are open, whatever their severity."""
    return sum(sums[column_of(kind, severity)] for severity in Severity)


def tally(rows: Iterable[Incident | Alert]) -> Tally:
    """How many of these rows are in which column, as they stand in memory."""
    counted: Tally = Counter()
    for row in rows:
        is_alert = isinstance(row, Alert)
        if row.status not in (OPEN_ALERT if is_alert else OPEN_INCIDENT):
            continue
        kind = "alerts" if is_alert else "incidents"
        counted[column_of(kind, Severity(row.severity))] += 1
        counted[f"unassigned_{kind}"] += not row.assigned_to
    return counted
