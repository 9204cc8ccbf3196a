"""Answers in OData's JSON format (Version 4.01), as Graph sends them: one object, or a list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

import msgspec
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from tidegate.oauth.endpoint import Call

CONTENT_TYPE: Final = (
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
)
_HEADERS: Final = {"OData-Version": "4.0"}


def root_of(call: Call) -> str:
    """The address of the service as the client asked it: links on any other host would get no token."""
    version = call.request.path.strip("/").partition("/")[0]
    return f"{call.request.scheme}://{call.request.get_host()}/{version}"


def context_of(call: Call, path: str) -> str:
    """The `@odata.context` of what stands at this path, such as `security/alerts_v2`."""
    return f"{root_of(call)}/$metadata#{path}"


def answer_value(
    value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Any JSON value, as it is."""
    return HttpResponse(
        msgspec.json.encode(value),
        status=status,
        content_type=CONTENT_TYPE,
        headers={**_HEADERS, **(headers or {})},
    )


def answer_object(
    call: Call, path: str, value: Mapping[str, object], *, status: int = 200, etag: str = ""
) -> HttpResponse:
    """One object. `path` is that of its set; with `etag`, the version that `If-Match` may name later."""
    whole = {"@odata.context": f"{context_of(call, path)}/$entity"}
    whole |= {"@odata.etag": etag} if etag else {}
    return answer_value({**whole, **value}, status=status, headers={"ETag": etag} if etag else None)


def answer_no_content() -> HttpResponse:
    """Done, and nothing to say (204)."""
    return HttpResponse(status=204, headers=_HEADERS)


def answer_list(
    call: Call,
    path: str,
    values: Iterable[Mapping[str, object]],
    *,
    count: int | None = None,
    next_link: str = "",
) -> HttpResponse:
    """A list that is at hand whole."""
    body: dict[str, object] = {"@odata.context": context_of(call, path)}
    if count is not None:
        body["@odata.count"] = count
    body["value"] = list(values)
    if next_link:
        body["@odata.nextLink"] = next_link
    return answer_value(body)


def answer_count(number: int) -> HttpResponse:
    """What `/$count` answers: the number alone (OData Version 4.01, Part 1, section 11.2.10)."""
    return HttpResponse(str(number), content_type="text/plain; charset=utf-8", headers=_HEADERS)


@dataclass(frozen=True, slots=True)
class End:
    """The end of a page, and the address of the next if there is one."""

    next_link: str = ""


def stream_list(
    call: Call, path: str, pieces: Iterator[bytes | End], *, count: int | None = None
) -> HttpResponseBase:
    """A list sent as it is read: `pieces` are objects as JSON, and then an End.

    The first piece is read before the answer begins, so that what is refused is refused as an error. What
    `pieces` do after their End, they do once the last byte was handed over.
    """
    first = next(pieces)
    head: dict[str, object] = {"@odata.context": context_of(call, path)}
    if count is not None:
        head["@odata.count"] = count
    opening = msgspec.json.encode(head)[:-1] + b',"value":['
    body = _write_list(opening, chain([first], pieces))
    return StreamingHttpResponse(body, content_type=CONTENT_TYPE, headers=_HEADERS)


def _write_list(opening: bytes, pieces: Iterator[bytes | End]) -> Iterator[bytes]:
    yield opening
    comma = b""
    for piece in pieces:
        if isinstance(piece, End):
            link = msgspec.json.encode(piece.next_link)
            yield b'],"@odata.nextLink":' + link + b"}" if piece.next_link else b"]}"
        else:
            yield comma + piece
            comma = b","
