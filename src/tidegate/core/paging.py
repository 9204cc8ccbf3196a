"""Keyset paging: the next page begins after the last row seen, however many rows came in between.

A cursor is opaque to its reader: the sort values of a row, as JSON in base64url (RFC 4648, section 5).
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from tidegate.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order. The last of an order must tell any two rows apart."""

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


def take_page[M: Model](
    rows: QuerySet[M], order: Sequence[SortKey], *, cursor: str = "", size: int = 50
) -> Page[M]:
    """One page of rows in this order, after (or before) the cursor. One statement.

    Raises InvalidInput naming `cursor` for one that this list did not give.
    """
    backwards, values = _read_cursor(cursor, order)
    direction = [SortKey(key.field, key.descending != backwards) for key in order]
    wanted = rows.order_by(*map(str, direction))
    if values is not None:
        wanted = wanted.filter(_after(direction, values))
    found = list(wanted[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else values is not None
    return Page(
        rows=found,
        next_cursor=_make_cursor(found[-1], order, backwards=False) if has_next and found else "",
        previous_cursor=_make_cursor(found[0], order, backwards=True) if has_previous and found else "",
    )


def _after(order: Sequence[SortKey], values: Sequence[Any]) -> Q:
    """Rows that come after these values: equal in the first columns, then beyond in the next."""
    condition, equal = Q(), Q()
    for key, value in zip(order, values, strict=True):
        beyond = "lt" if key.descending else "gt"
        condition |= equal & Q(**{f"{key.field}__{beyond}": value})
        equal &= Q(**{key.field: value})
    return condition


def _make_cursor(row: Model, order: Sequence[SortKey], *, backwards: bool) -> str:
    values = [_write(getattr(row, key.field)) for key in order]
    text = json.dumps(["b" if backwards else "f", *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _write(value: object) -> object:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return value if isinstance(value, int) else str(value)


def _read_cursor(cursor: str, order: Sequence[SortKey]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        way, *values = json.loads(base64.urlsafe_b64decode(padded))
        if way not in {"b", "f"} or len(values) != len(order):
            raise ValueError(way)
        return way == "b", [_read(value) for value in values]
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        raise InvalidInput(fields={"cursor": "is not one that this list gave"}) from None


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["t"])
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if not isinstance(value, int | str):
        raise TypeError(value)
    return value
