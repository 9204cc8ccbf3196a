"""Files made of many rows, sent as they are read: memory stays the same however many there are.

Whoever is kept out while a file is being sent gets no more of it, and a file that breaks off says so in its
last line: a shorter one looks whole.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.http import StreamingHttpResponse

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.gate.still import while_open

# What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), half and full width.
_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")

_BROKEN_OFF: Final = "INCOMPLETE: this file broke off here. Ask for it again."


def stream_csv(
    scope: Scope | ManyScope, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A CSV file (RFC 4180, UTF-8 with a byte order mark, which spreadsheets need to see)."""
    lines = _end_with(_write_csv(head, while_open(scope, rows)), f"\r\n{_BROKEN_OFF}\r\n")
    return _attach(lines, "text/csv; charset=utf-8", name)


def stream_ndjson(
    scope: Scope | ManyScope, name: str, rows: Iterable[Mapping[str, object]]
) -> StreamingHttpResponse:
    """One JSON object per line."""
    lines = (_write_json(row) for row in while_open(scope, rows))
    broken_off = _write_json({"error": {"code": "broken_off", "message": _BROKEN_OFF}})
    return _attach(_end_with(lines, broken_off), "application/x-ndjson", name)


def guard_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: what would begin one gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _end_with(lines: Iterator[str], broken_off: str) -> Iterator[str]:
    try:
        yield from lines
    except Exception:
        yield broken_off
        raise


def _write_json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) + "\n"


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
