"""Files made of many rows, sent as they are read: memory stays the same however many there are.

Whoever is kept out while a file is being sent gets no more of it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.http import StreamingHttpResponse

from tidegate.authorization.scope import Scope
from tidegate.gate.still import while_open

# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), half and full width.
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def stream_csv(
    scope: Scope, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A CSV file (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to see)."""
    return _attach(_write_csv(head, while_open(scope, rows)), "text/csv; charset=utf-8", name)


def stream_ndjson(scope: Scope, name: str, rows: Iterable[Mapping[str, object]]) -> StreamingHttpResponse:
    """One JSON object per line."""
    found = while_open(scope, rows)
    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in found)
    return _attach(lines, "application/x-ndjson", name)


def guard_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: what would begin one gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


class _Line:
    """What csv writes to: keeps only the line just written."""

    def write(self, text: str) -> str:
        """Hand the line back to whoever wrote it."""
        return text


def _write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"
    yield writer.writerow([guard_cell(cell) for cell in head])
    for row in rows:
        yield writer.writerow([guard_cell(cell) for cell in row])


def _attach(lines: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)
