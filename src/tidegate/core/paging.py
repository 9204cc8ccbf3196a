"""Keyset paging: the next page begins after the last row seen, however many rows came in between.

A cursor is opaque to its reader: the sort values of a row, as JSON in base64url (RFC 4648, section 5).
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, Field, IntegerField, Model, Q, QuerySet, UUIDField

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid

_LARGEST_INTEGER = 2**63 - 1
_LONGEST_CURSOR = 2000


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order; never NULL. The last of an order must tell any two rows apart."""

    field: str
    descending: bool = True

    def __str__(self) -> str:
        return f"-{self.field}" if self.descending else self.field


@dataclass(frozen=True, slots=True)
class Page[M: Model]:
    """Some rows, and the cursors of the pages around them; empty where there is none."""

    rows: list[M]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class Keyset:
    """Where in an order a page begins, how many rows it takes, and which way it reads."""

    order: Sequence[SortKey]
    size: int
    backwards: bool
    values: Sequence[Any] | None

    @property
    def direction(self) -> list[SortKey]:
        """The order in which rows are read: turned round on the way back."""
        return [SortKey(key.field, key.descending != self.backwards) for key in self.order]

    @property
    def most(self) -> int:
        """How many rows are read: one more than the page has, to know whether there is a next."""
        return self.size + 1

    def after[M: Model](self, rows: QuerySet[M]) -> QuerySet[M]:
        """The rows beyond the cursor."""
        return rows if self.values is None else rows.filter(_after(self.direction, self.values))

    def make_page[M: Model](self, found: list[M]) -> Page[M]:
        """The page of these rows, at most `most` and in the order in which they were read."""
        more, found = len(found) > self.size, found[: self.size]
        if self.backwards:
            found.reverse()
        has_next = more if not self.backwards else True
        has_previous = more if self.backwards else self.values is not None
        return Page(
            rows=found,
            next_cursor=_make_cursor(found[-1], self.order, backwards=False) if has_next and found else "",
            previous_cursor=_make_cursor(found[0], self.order, backwards=True)
            if has_previous and found
            else "",
        )


def read_keyset(model: type[Model], order: Sequence[SortKey], *, cursor: str = "", size: int = 50) -> Keyset:
    """The page that a cursor asks for. Raises InvalidInput naming `cursor` for one that no list gave."""
    fields = [model._meta.get_field(key.field) for key in order]
    return Keyset(order, size, *_read_cursor(cursor, fields))


def take_page[M: Model](
    rows: QuerySet[M], order: Sequence[SortKey], *, cursor: str = "", skip: int = 0, size: int = 50
) -> Page[M]:
    """One page of rows in this order, after (or before) the cursor, passing over `skip`. One statement.

    Rows are passed over by their keys alone, however wide they are.
    Raises InvalidInput naming `cursor` for one that this list did not give.
    """
    keys = read_keyset(rows.model, order, cursor=cursor, size=size)
    wanted = keys.after(rows.order_by(*map(str, keys.direction)))
    if skip:
        unique = order[-1].field
        wanted = wanted.filter(**{f"{unique}__in": wanted.values(unique)[skip : skip + keys.most]})
    return keys.make_page(list(wanted[: keys.most]))


def read_all[M: Model](rows: QuerySet[M], order: Sequence[SortKey], *, size: int = 500) -> Iterator[M]:
    """Every row in this order, a page in memory at a time. Between two pages no statement is open."""
    cursor = ""
    while True:
        page = take_page(rows, order, cursor=cursor, size=size)
        yield from page.rows
        cursor = page.next_cursor
        if not cursor:
            return


def _after(order: Sequence[SortKey], values: Sequence[Any]) -> Q:
    """Rows that come after these values: equal in the first columns, then beyond in the next."""
    # Said twice for the first column: an index is entered at this bound, not at an OR.
    bound = "lte" if order[0].descending else "gte"
    entrance = Q(**{f"{order[0].field}__{bound}": values[0]})
    condition, equal = Q(), Q()
    for key, value in zip(order, values, strict=True):
        beyond = "lt" if key.descending else "gt"
        condition |= equal & Q(**{f"{key.field}__{beyond}": value})
        equal &= Q(**{key.field: value})
    return entrance & condition


def _make_cursor(row: Model, order: Sequence[SortKey], *, backwards: bool) -> str:
    values = [_write(getattr(row, key.field)) for key in order]
    text = json.dumps(["b" if backwards else "f", *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _write(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if isinstance(value, int) else str(value)


def _read_cursor(cursor: str, fields: Sequence[Any]) -> tuple[bool, list[object] | None]:
    if not cursor:
        return False, None
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError(len(cursor))
        padded = cursor + "=" * (-len(cursor) % 4)
        way, *values = json.loads(base64.urlsafe_b64decode(padded))
        if way not in {"b", "f"}:
            raise ValueError(way)
        return way == "b", [_read(*pair) for pair in zip(fields, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        raise InvalidInput(fields={"cursor": "is not one that this list gave"}) from None


def _read(field: "Field[Any, Any]", value: object) -> object:
    """The value as this column keeps it. Raises ValueError, TypeError, OverflowError, ValidationError.

    A cursor comes from an address that anyone may have written, and databases differ in what they
    refuse and how: nothing reaches them that the column could not hold.
    """
    if isinstance(field, IntegerField):
        if type(value) is not int or abs(value) > _LARGEST_INTEGER:
            raise TypeError(value)
        return value
    if not isinstance(value, str) or "\0" in value:
        raise TypeError(value)
    if isinstance(field, DateTimeField):
        # Naive is refused here; in UTC so that a year 1 with an offset overflows here and not below.
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(field, UUIDField):
        found = parse_uuid(value)
        if found is None:
            raise ValueError(value)
        return found
    value.encode()
    return value
