"""Lists in OData's form (Version 4.0), sent as they are read, and what they leave in the ledger."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import quote

import msgspec
from django.db.models import Model, QuerySet
from django.http import HttpResponse, StreamingHttpResponse

from tidegate.core.errors import InvalidInput
from tidegate.core.paging import Page, take_page
from tidegate.gate.still import while_open
from tidegate.oauth.endpoint import Call
from tidegate.odata.errors import BadQuery
from tidegate.odata.options import parse_options
from tidegate.odata.query import Query
from tidegate.odata.resource import Option, Resource
from tidegate.odata.selecting import select_members

_CONTENT_TYPE: Final = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8"
_HEADERS: Final = {"OData-Version": "4.0"}
_BLOCK: Final = 250

type Members = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Listing[M: Model]:
    """A list of one resource: where it stands in the metadata, its rows, and how a block of them is shown."""

    entity_set: str
    rows: QuerySet[M]
    show: Callable[[Sequence[M]], Iterable[Members]]


def read_query(call: Call, resource: Resource) -> Query:
    """The query options of a request. Raises BadQuery."""
    return parse_options(call.request.GET.lists(), resource)


def answer_object(call: Call, entity_set: str, members: Members, query: Query | None = None) -> HttpResponse:
    """One object."""
    shown = select_members(members, query) if query else members
    return _answer({"@odata.context": f"{_context(call, entity_set)}/$entity", **shown})


def answer_values(call: Call, entity_set: str, values: Iterable[Members]) -> HttpResponse:
    """A list that is at hand whole."""
    return _answer({"@odata.context": _context(call, entity_set), "value": list(values)})


def send_list[M: Model](
    call: Call,
    listing: Listing[M],
    query: Query,
    note: Callable[[Sequence[M], bool], None] = lambda _rows, _is_last: None,
) -> Iterator[bytes]:
    """The list that a query asks for, piece by piece.

    The first rows are read at once, so that what goes wrong can still be answered as an error. Where `$top`
    is given, no more is sent than that, else a page with a link to the next. `note` is told of each block,
    and whether the list ends with it. One statement a block, one more for `$count`.
    """
    rows = listing.rows.filter(query.condition)
    head: dict[str, object] = {"@odata.context": _context(call, listing.entity_set)}
    if query.count:
        head["@odata.count"] = rows.order_by().count()
    blocks = _read_blocks(rows, query)
    first = next(blocks)
    opening = msgspec.json.encode(head)[:-1] + b',"value":['
    return _write(call, listing, query, opening, chain([first], blocks), note)


def answer_stream(pieces: Iterator[bytes]) -> StreamingHttpResponse:
    """Pieces of a list as an answer."""
    return StreamingHttpResponse(pieces, content_type=_CONTENT_TYPE, headers=_HEADERS)


def _write[M: Model](
    call: Call,
    listing: Listing[M],
    query: Query,
    piece: bytes,
    blocks: Iterator[Page[M]],
    note: Callable[[Sequence[M], bool], None],
) -> Iterator[bytes]:
    cursor, separator = "", b""
    for page in while_open(call.scope, blocks, call.caller.open):
        for members in listing.show(page.rows):
            piece += separator + msgspec.json.encode(_select(members, query))
            separator = b","
        yield piece
        piece, cursor = b"", page.next_cursor
        note(page.rows, not cursor)
    if cursor and not query.is_top_given:
        yield b'],"@odata.nextLink":' + msgspec.json.encode(_link_onwards(call, cursor)) + b"}"
    else:
        yield b"]}"


def _select(members: Members, query: Query) -> Members:
    return select_members(members, query) if query.select or query.expand else members


def _read_blocks[M: Model](rows: QuerySet[M], query: Query) -> Iterator[Page[M]]:
    left, cursor = query.top, query.skiptoken
    skip = 0 if cursor else query.skip
    while True:
        page = _take_block(rows, query, cursor, skip, min(_BLOCK, left))
        yield page
        left, cursor, skip = left - len(page.rows), page.next_cursor, 0
        if not cursor or left <= 0:
            return


def _take_block[M: Model](rows: QuerySet[M], query: Query, cursor: str, skip: int, size: int) -> Page[M]:
    try:
        return take_page(rows, query.sort_keys, cursor=cursor, skip=skip, size=size)
    except InvalidInput:
        raise BadQuery(Option.SKIPTOKEN, "is not one that this list gave") from None


def _answer(value: Members) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type=_CONTENT_TYPE, headers=_HEADERS)


def _context(call: Call, entity_set: str) -> str:
    return f"{call.request.scheme}://{call.request.get_host()}/api/$metadata#{entity_set}"


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
