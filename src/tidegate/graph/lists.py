"""Lists over tables: what was asked, in pages that follow a key, however many rows come in between.

A page is sent in blocks as it is read, so that its length costs no memory. The link onwards holds the place
of the last row (`$skiptoken`); `$skip` counts rows in the same order and is as stable as they are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol
from urllib.parse import quote

import msgspec
from django.db.models import Model, QuerySet
from django.http import HttpResponseBase

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import Page, take_page
from tidegate.gate.still import while_open
from tidegate.graph.answers import End, stream_list
from tidegate.graph.tenants import reopen
from tidegate.oauth.endpoint import Call
from tidegate.odata.errors import BadQuery
from tidegate.odata.options import parse_options
from tidegate.odata.query import Query
from tidegate.odata.resource import Option, Resource
from tidegate.odata.selecting import select_members

BLOCK: Final = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """What a list held once its last byte was handed over; `is_last` when nothing came after it."""

    count: int
    is_last: bool


class Watcher(Protocol):
    """Who wants to know how a list ended."""

    def finish(self, sent: Sent) -> None:
        """All was handed over."""
        ...

    def fail(self, error: BaseException) -> None:
        """It broke off, or never began."""
        ...


type Render[M: Model] = Callable[[Sequence[M]], Iterable[bytes]]


def read_query(call: Call, resource: Resource) -> Query:
    """The query options of a request. Raises BadQuery."""
    return parse_options(call.request.GET.lists(), resource)


def encode_members(value: Mapping[str, object], query: Query) -> bytes:
    """An object of a list as JSON, reduced to what was asked of it."""
    return msgspec.json.encode(select_members(value, query) if query.select or query.expand else value)


def answer_rows[M: Model](
    call: Call,
    path: str,
    rows: QuerySet[M],
    query: Query,
    render: Render[M],
    *,
    scope: Scope | ManyScope | None = None,
    watcher: Watcher | None = None,
) -> HttpResponseBase:
    """The page of these rows that was asked for, sent for as long as the gate opens what it opened.

    `scope` is theirs, where it is not the token's tenant. `render` makes a block of rows into JSON. One
    statement, one more for `$count`, one for each further block. Raises BadQuery.
    """
    narrowed = rows.filter(query.condition)
    count = narrowed.order_by().count() if query.count else None
    opened = scope or call.scope
    pieces = while_open(opened, _read_pieces(call, narrowed, query, render), partial(reopen, call, opened))
    return stream_list(call, path, _watch(pieces, watcher) if watcher else pieces, count=count)


def count_rows[M: Model](rows: QuerySet[M], query: Query) -> int:
    """How many rows the filter leaves, whatever the paging."""
    return rows.filter(query.condition).order_by().count()


def _watch(pieces: Iterator[bytes | End], watcher: Watcher) -> Iterator[bytes | End]:
    count, is_last = 0, True
    try:
        for piece in pieces:
            yield piece
            if isinstance(piece, End):
                is_last = not piece.next_link
            else:
                count += 1
    except BaseException as error:
        watcher.fail(error)
        raise
    watcher.finish(Sent(count, is_last=is_last))


def _read_pieces[M: Model](
    call: Call, rows: QuerySet[M], query: Query, render: Render[M]
) -> Iterator[bytes | End]:
    count, cursor = 0, query.skiptoken
    skip = 0 if cursor else query.skip
    while count < query.top:
        page = _take_block(rows, query, cursor, skip, min(BLOCK, query.top - count))
        yield from render(page.rows)
        count, cursor, skip = count + len(page.rows), page.next_cursor, 0
        if not cursor:
            break
    yield End(_link_onwards(call, cursor) if cursor and query.top else "")


def _take_block[M: Model](rows: QuerySet[M], query: Query, cursor: str, skip: int, size: int) -> Page[M]:
    try:
        return take_page(rows, query.sort_keys, cursor=cursor, skip=skip, size=size)
    except InvalidInput:
        raise BadQuery(Option.SKIPTOKEN, "is not one that this list gave") from None


def _link_onwards(call: Call, cursor: str) -> str:
    """The same address with the place of the last row, on the host that the client asked."""
    passed = {str(option).removeprefix("$") for option in (Option.SKIP, Option.SKIPTOKEN)}
    kept = [
        (name, value)
        for name, values in call.request.GET.lists()
        for value in values
        if name.strip().lower().removeprefix("$") not in passed
    ]
    pairs = [*kept, (Option.SKIPTOKEN, cursor)]
    parameters = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in pairs)
    return f"{call.request.scheme}://{call.request.get_host()}{quote(call.request.path)}?{parameters}"
