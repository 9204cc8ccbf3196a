"""What several records of one alert come to: which say something new, and which replace the others."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from tidegate.connectors.records import AlertRecord, SourceFormat


class Novelty(NamedTuple):
    """A record that says something new; `replaces` all that was told before, or joins it."""

    record: AlertRecord
    digest: str
    replaces: bool


def choose_news(records: Iterable[AlertRecord], known: str, told_at: datetime) -> Iterator[Novelty]:
    """Those that say something new of an alert with these hashes, last told of at that time; in order."""
    for record in records:
        digest = record.digest
        # A detection never replaces what is known: it is one of several, and tells less.
        replaces = record.source_format != SourceFormat.SIEM_DETECTION
        if digest in known or (replaces and record.last_update_at < told_at):
            continue
        known, told_at = f"{known} {digest}", max(told_at, record.last_update_at)
        yield Novelty(record, digest, replaces)
