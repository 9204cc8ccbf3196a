"""What a WSGI application gets to know of a request, and what of its answer arrives."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest

from tidegate.config.bridge import (
    FETCHED_AT_ONCE,
    PIECES_UNDER_WAY,
    SMALL_BODY,
    Bridge,
    Environ,
    Message,
    make_environ,
)

type Start = Callable[..., object]

SCOPE: Message = {
    "type": "http",
    "method": "POST",
    "raw_path": b"/caf%C3%A9",
    "query_string": b"tid=all&q=%41",
    "http_version": "1.1",
    "scheme": "https",
    "server": ("127.0.0.1", "8000"),
    "client": ("192.0.2.7", "50000"),
    "headers": [(b"host", b"portal.example")],
}


class Wire:
    """A client: what it sends, and what it got."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.got: list[Message] = []
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self.is_gone = asyncio.Event()

    async def receive(self) -> Message:
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}
        await self.is_gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.got.append(message)
        await self.is_reading.wait()

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.got)


def exchange(
    application: Callable[[Environ, Start], Iterable[bytes]],
    *pieces: bytes,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    meanwhile: Callable[[Wire], Awaitable[None]] | None = None,
) -> Wire:
    async def run() -> Wire:
        wire, bridge = Wire(*pieces), Bridge(application, 1)
        scope = {**SCOPE, "headers": [*SCOPE["headers"], *headers]}
        asking = asyncio.ensure_future(bridge(scope, wire.receive, wire.send))
        if meanwhile:
            await meanwhile(wire)
        await asyncio.wait_for(asking, 10)
        return wire

    return asyncio.run(run())


def echo(environ: Environ, start: Start) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Length", str(len(body)))])
    return [body]


def test_request_is_told_as_wsgi_has_it() -> None:
    headers = [
        (b"content-type", b"text/plain"),
        (b"content-length", b"3"),
        (b"accept", b"text/html"),
        (b"accept", b"*/*"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-forwarded-for", b"192.0.2.1"),
        (b"x_forwarded_for", b"203.0.113.9"),
    ]

    environ = make_environ({**SCOPE, "headers": headers})

    told = {name: value for name, value in environ.items() if name.isupper() or name == "wsgi.url_scheme"}
    assert told == {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SCRIPT_NAME": "",
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/caf\u00c3\u00a9",
        "QUERY_STRING": "tid=all&q=%41",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "192.0.2.7",
        "wsgi.url_scheme": "https",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "HTTP_ACCEPT": "text/html,*/*",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_FORWARDED_FOR": "192.0.2.1",
    }


def test_answer_comes_as_it_was_made() -> None:
    wire = exchange(echo, b"ab", b"c", headers=((b"content-length", b"3"),))

    assert wire.got == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"content-length", b"3")],
        },
        {"type": "http.response.body", "body": b"abc"},
    ]


def test_long_request_is_fetched_while_it_is_read() -> None:
    left: list[int] = []
    pieces = [bytes([number]) * 50_000 for number in range(12)]
    size = sum(map(len, pieces))
    assert size > SMALL_BODY + 2 * FETCHED_AT_ONCE
    wires: list[Wire] = []

    def read(environ: Environ, start: Start) -> list[bytes]:
        body = environ["wsgi.input"]
        first = body.read(10)
        left.append(len(wires[0].pieces))
        rest = body.read(size - 10)
        start("200 OK", [])
        return [first, rest]

    async def remember(wire: Wire) -> None:
        wires.append(wire)

    wire = exchange(read, *pieces, headers=((b"content-length", str(size).encode()),), meanwhile=remember)

    assert wire.body == b"".join(pieces)
    assert left[0] >= 4


class Endless:
    """A streamed answer without an end."""

    streaming = True

    def __init__(self) -> None:
        self.made = 0
        self.is_closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.made += 1
            yield b"x" * 1000

    def close(self) -> None:
        self.is_closed.set()


def stream(answer: Any) -> Callable[[Environ, Start], Iterable[bytes]]:
    def application(environ: Environ, start: Start) -> Iterable[bytes]:
        start("200 OK", [])
        return answer  # type: ignore[no-any-return]

    return application


def test_whoever_does_not_read_holds_up_what_is_made_and_whoever_leaves_ends_it() -> None:
    answer = Endless()

    async def stall_then_leave(wire: Wire) -> None:
        wire.is_reading.clear()
        await asyncio.sleep(0.3)
        assert 0 < answer.made <= PIECES_UNDER_WAY + 1
        wire.is_gone.set()
        wire.is_reading.set()

    exchange(stream(answer), meanwhile=stall_then_leave)

    assert answer.is_closed.wait(5)


@pytest.mark.parametrize("size", [0, 1, 20])
def test_streamed_answer_is_whole(size: int) -> None:
    pieces = [str(number).encode() for number in range(size)]

    wire = exchange(stream(iter(pieces)))

    assert wire.body == b"".join(pieces)
    assert "more_body" not in wire.got[-1]


def test_fault_of_the_application_is_an_answer() -> None:
    def fail(environ: Environ, start: Start) -> list[bytes]:
        raise RuntimeError

    assert exchange(fail).got[0] == {"type": "http.response.start", "status": 500, "headers": []}


def test_request_that_broke_off_reaches_nobody() -> None:
    asked: list[Environ] = []

    async def leave(wire: Wire) -> None:
        wire.is_gone.set()

    def note(environ: Environ, start: Start) -> list[bytes]:
        asked.append(environ)
        return []

    wire = exchange(note, headers=((b"content-length", b"3"),), meanwhile=leave)

    assert (wire.got, asked) == ([], [])


def test_shortcut_answers_what_it_can_and_leaves_the_rest_as_it_came() -> None:
    tried: list[Environ] = []

    async def shortcut(environ: Environ) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        tried.append(environ)
        sent = environ["wsgi.input"].getvalue()
        return (201, [(b"content-length", b"2")], b"ok") if sent == b"short" else None

    def run(body: bytes) -> Wire:
        async def ask() -> Wire:
            wire, bridge = Wire(body), Bridge(echo, 1, shortcut)
            length = (b"content-length", str(len(body)).encode())
            await bridge({**SCOPE, "headers": [*SCOPE["headers"], length]}, wire.receive, wire.send)
            return wire

        return asyncio.run(ask())

    short, other = run(b"short"), run(b"another")

    assert (short.got[0]["status"], short.got[0]["headers"], short.body) == (
        201, [(b"content-length", b"2")], b"ok",
    )  # fmt: skip
    assert (other.got[0]["status"], other.body) == (200, b"another")
    assert len(tried) == 2
