"""Rows as COPY reads them, one a line (PostgreSQL, "COPY", Text Format).

The driver can write them too, value by value; whole lines at once take a third of that time.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec

type Write = Callable[[Any], str]


def write_lines(rows: Iterable[Iterable[Any]]) -> str:
    """All of these rows. Raises TypeError for a value that no column of ours holds."""
    kinds = _KINDS
    return "".join(["\t".join([kinds[type(value)](value) for value in row]) + "\n" for row in rows])


def _write_text(text: str) -> str:
    # Most hold none of these, which is found out faster than anything is replaced.
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    return text.replace("\r", "\\r") if "\r" in text else text


def _write_json(value: msgspec.Raw) -> str:
    return _write_text(bytes(value).decode())


def _write_duration(value: timedelta) -> str:
    return f"{value.days} days {value.seconds}.{value.microseconds:06} seconds"


class _Kinds(dict[type, Write]):
    """How values of a type are written; an enumeration's member as the text or number that it is."""

    def __missing__(self, kind: type) -> Write:
        for base, write in ((str, _write_text), (int, int.__repr__)):
            if issubclass(kind, base):
                self[kind] = write
                return write
        raise TypeError(kind)


_KINDS: Final = _Kinds(
    {
        type(None): lambda _: "\\N",
        str: _write_text,
        int: int.__repr__,
        bool: lambda value: "t" if value else "f",
        uuid.UUID: lambda value: f"{value.int:032x}",
        datetime: datetime.isoformat,
        date: date.isoformat,
        time: time.isoformat,
        timedelta: _write_duration,
        msgspec.Raw: _write_json,
    }
)
