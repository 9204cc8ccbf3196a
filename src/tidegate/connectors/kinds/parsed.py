"""What a connector makes of one record: the record, and the alerts inside it that it had to leave out."""

from dataclasses import dataclass

from tidegate.connectors.fields import UnreadableRecord
from tidegate.connectors.records import Record


@dataclass(frozen=True, slots=True)
class Parsed:
    """`left_out` is empty except for an incident of which single alerts could not be read."""

    record: Record
    left_out: tuple[UnreadableRecord, ...] = ()
