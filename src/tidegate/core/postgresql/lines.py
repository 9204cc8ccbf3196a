"""Rows as COPY reads them, one a line (PostgreSQL, "COPY", Text Format).

The driver can write them too, value by value; a column of some rows at once takes a quarter of that time.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Any, Final

import msgspec

type Write = Callable[[Any], str]
type WriteAll = Callable[[Sequence[Any]], Iterable[str]]

ROWS_AT_ONCE: Final = 50


def write_lines(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """All of these rows, some at a time. Raises TypeError for a value that no column of ours holds."""
    for some in batched(rows, ROWS_AT_ONCE):
        columns = map(_write_column, zip(*some, strict=True))
        yield ("\n".join(map("\t".join, zip(*columns, strict=True))) + "\n").encode()


def _write_column(values: Sequence[Any]) -> Iterable[str]:
    kinds = set(map(type, values))
    if len(kinds) > 1:
        return [_KINDS[type(value)](value) for value in values]
    (kind,) = kinds
    if write_all := _COLUMNS.get(kind):
        return write_all(values)
    return map(_KINDS[kind], values)


def _write_texts(texts: Sequence[str]) -> Iterable[str]:
    # Looking through all of them at once finds out that nothing is to be replaced in most columns.
    whole = "".join(texts)
    if "\\" in whole or "\n" in whole or "\t" in whole or "\r" in whole:
        return map(_write_text, texts)
    return texts


def _once_if_same(write: Write) -> WriteAll:
    """Write one for all where a column says the same throughout, as a tenant's id does."""

    def write_all(values: Sequence[Any]) -> Iterable[str]:
        first = values[0]
        if values[-1] is first and values.count(first) == len(values):
            return [write(first)] * len(values)
        return map(write, values)

    return write_all


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


def _write_uuid(value: uuid.UUID) -> str:
    return f"{value.int:032x}"


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
        uuid.UUID: _write_uuid,
        datetime: datetime.isoformat,
        date: date.isoformat,
        time: time.isoformat,
        timedelta: _write_duration,
        msgspec.Raw: _write_json,
    }
)
_COLUMNS: Final[dict[type, WriteAll]] = {
    str: _write_texts,
    uuid.UUID: _once_if_same(_write_uuid),
    datetime: _once_if_same(datetime.isoformat),
}
