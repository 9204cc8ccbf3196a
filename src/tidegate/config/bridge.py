"""Django as WSGI behind an asynchronous entry: a few threads, and what passes between them and the loop.

Django's own asynchronous handler would hand each request to a thread anew for every middleware, at a tenth of
the speed. Here a request goes to one thread once, and its answer comes back once; see docs/decisions/0030.
"""

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping, Sequence
from functools import lru_cache
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

from tidegate.config.threads import Threads, Work

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Environ = dict[str, Any]
type Application = Callable[..., Iterable[bytes]]
type Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
type Shortcut = Callable[[Environ], Awaitable[Answer | None]]

SMALL_BODY: Final = 65_536
"""Bytes of a request that are awaited before a thread is given to it: whoever sends slowly holds none."""
FETCHED_AT_ONCE: Final = 262_144
"""Bytes of a large one that a thread gets from the loop in one go, and some more."""
PIECE: Final = 65_536
PIECES_UNDER_WAY: Final = 8
NAMES_KEPT: Final = 256
"""Names of headers whose other spelling is kept: the usual ones, and room for what else is sent."""

_log = logging.getLogger(__name__)
_SAME: Final[Environ] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}
_BARE: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


class ClientGone(OSError):
    """Nobody waits for the answer any more, or sends the rest of the request."""


class FilePieces:
    """A file, read in pieces (PEP 3333, "Optional Platform-Specific File Handling")."""

    def __init__(self, file: IO[bytes], block_size: int = PIECE) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        """Pieces of our own size: each costs a way through the loop."""
        while piece := self._file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Close the file, where it can be closed."""
        if hasattr(self._file, "close"):
            self._file.close()


class Bridge:
    """A WSGI application as an ASGI one, on `threads` threads that live as long as the process.

    `shortcut` is asked first, in the loop: it answers what it can without reading the body from its stream.
    """

    def __init__(self, application: Application, threads: int, shortcut: Shortcut | None = None) -> None:
        self._application = application
        self._shortcut = shortcut
        self._threads = Threads(threads)

    async def __call__(
        self, scope: Message, receive: Receive, send: Send, extra: Environ | None = None
    ) -> None:
        """Answer one request. `extra` is put into what the application gets to know of it."""
        environ = make_environ(scope)
        try:
            environ["wsgi.input"] = await _open_body(environ, receive)
        except ClientGone:
            return
        if extra:
            environ |= extra
        if self._shortcut and (answer := await self._shortcut(environ)):
            await _send_whole(answer, send)
            return
        await _Exchange(self._application, environ, receive, send).run(self._threads.give)

    async def ask(self, scope: Message, extra: Environ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """The answer to a request without a body, as a whole: status, headers, body."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        async def nothing() -> Message:
            return await asyncio.Future()

        environ = {**make_environ(scope), "wsgi.input": io.BytesIO(), **extra}
        await _Exchange(self._application, environ, nothing, keep).run(self._threads.give)
        return kept[0]["status"], kept[0]["headers"], b"".join(one.get("body", b"") for one in kept[1:])


class _Exchange:
    """One request and its answer. Methods named `_in_thread` run in a thread, all others in the loop."""

    def __init__(self, application: Application, environ: Environ, receive: Receive, send: Send) -> None:
        self._application = application
        self._environ = environ
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        # The whole body, or what its pieces come through.
        self._begun: asyncio.Future[bytes | _Stream] = self._loop.create_future()

    async def run(self, give: Callable[[Work], None]) -> None:
        give(self._answer_in_thread)
        body = await self._begun
        if isinstance(body, bytes):
            await _send_whole((self._status, self._headers, body), self._send)
            return
        await self._send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await body.pass_on(self._receive, self._send)

    def _answer_in_thread(self) -> None:
        try:
            self._try_in_thread()
        except Exception:  # noqa: BLE001  the application answers for its own faults; this is what it missed
            _log.exception("a request failed")
            self._finish_in_thread(b"")

    def _try_in_thread(self) -> None:
        answer = self._application(self._environ, self._start_in_thread)
        try:
            # Django's own word for an answer that is made while it is sent.
            if getattr(answer, "streaming", not isinstance(answer, list)):
                self._stream_in_thread(answer)
            else:
                self._finish_in_thread(b"".join(answer))
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def _start_in_thread(
        self, status: str, headers: Sequence[tuple[str, str]], exc_info: object = None
    ) -> None:
        # No `write` is returned (PEP 3333): nothing that is served here uses it.
        self._status = int(status[:3])
        self._headers = [(_write_name(name), value.encode("latin-1")) for name, value in headers]

    def _stream_in_thread(self, answer: Iterable[bytes]) -> None:
        stream = _Stream(self._loop)
        self._finish_in_thread(stream)
        try:
            stream.put_in_thread(answer)
        except Exception:  # noqa: BLE001  the head was sent: all that is left is to end
            _log.exception("an answer broke off")
        finally:
            stream.end_in_thread()

    def _finish_in_thread(self, body: "bytes | _Stream") -> None:
        _tell(self._loop, self._finish, body)

    def _finish(self, body: "bytes | _Stream") -> None:
        if not self._begun.done():
            self._begun.set_result(body)


class _Stream:
    """The pieces of an answer on their way from the thread that makes them to the loop that sends them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = threading.Semaphore(PIECES_UNDER_WAY)
        self._is_gone = False

    async def pass_on(self, receive: Receive, send: Send) -> None:
        watching = asyncio.ensure_future(self._watch(receive))
        try:
            while (piece := await self._pieces.get()) is not None:
                if not self._is_gone:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                self._room.release()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._leave()
            watching.cancel()

    def put_in_thread(self, answer: Iterable[bytes]) -> None:
        for piece in answer:
            self._room.acquire()
            if self._is_gone:
                return
            if piece:
                self._tell_in_thread(bytes(piece))
            else:
                self._room.release()

    def end_in_thread(self) -> None:
        self._tell_in_thread(None)

    def _tell_in_thread(self, piece: bytes | None) -> None:
        if not _tell(self._loop, self._pieces.put_nowait, piece):
            self._leave()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._leave()

    def _leave(self) -> None:
        self._is_gone = True
        self._room.release(PIECES_UNDER_WAY)


class _Body(io.RawIOBase):
    """A request's body, for the thread that reads it: it is fetched, much at once, when it is asked for."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive = receive
        self._loop = loop
        self._rest = memoryview(b"")
        self._has_more = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and self._has_more:
            fetching = asyncio.run_coroutine_threadsafe(_receive_much(self._receive), self._loop)
            fetched, self._has_more = fetching.result()
            self._rest = memoryview(fetched)
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def make_environ(scope: Message) -> Environ:
    """What WSGI calls the environment of a request (PEP 3333), without its body.

    Names of headers with an underscore are left out: they would pass for others with a hyphen, which a
    proxy in front may have checked.
    """
    path: bytes = scope["raw_path"]
    environ: Environ = {
        **_SAME,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FilePieces,
    }
    for raw_name, raw_value in scope["headers"]:
        key, value = _read_name(raw_name), raw_value.decode("latin-1")
        if key in environ:
            # RFC 9110, section 5.3; cookies are parted by semicolons (RFC 9113, section 8.2.3).
            environ[key] += f"{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        elif key:
            environ[key] = value
    return environ


@lru_cache(maxsize=NAMES_KEPT)
def _read_name(raw: bytes) -> str:
    """A header's name as WSGI has it; "" for one that is left out."""
    name = raw.decode("latin-1")
    key = name.upper().replace("-", "_")
    return "" if "_" in name else key if key in _BARE else f"HTTP_{key}"


@lru_cache(maxsize=NAMES_KEPT)
def _write_name(name: str) -> bytes:
    return name.lower().encode("latin-1")


async def _send_whole(answer: Answer, send: Send) -> None:
    status, headers, body = answer
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[[Any], None], value: object) -> bool:
    """Call in the loop; whether it still runs, or has ended with the process."""
    try:
        loop.call_soon_threadsafe(call, value)
    except RuntimeError:
        return False
    return True


async def _open_body(environ: Environ, receive: Receive) -> IO[bytes] | io.BufferedReader:
    """The request's body: a small one as a whole, of any other what the thread will fetch."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length and "HTTP_TRANSFER_ENCODING" not in environ:
        return io.BytesIO()
    size = int(length) if length.isascii() and length.isdigit() else -1
    if not 0 <= size <= SMALL_BODY:
        return io.BufferedReader(_Body(receive, asyncio.get_running_loop()), PIECE)
    body, has_more = b"", True
    while has_more and len(body) < size:
        part, has_more = _read_message(await receive())
        body += part
    return io.BytesIO(body)


def _read_message(message: Message) -> tuple[bytes, bool]:
    if message["type"] == "http.disconnect":
        raise ClientGone("the client went away before it had sent everything")
    return message.get("body", b""), message.get("more_body", False)


async def _receive_much(receive: Receive) -> tuple[bytes, bool]:
    """The body's next pieces as one, and whether there is more: each way into the loop takes its time."""
    pieces, size, has_more = list[bytes](), 0, True
    while has_more and size < FETCHED_AT_ONCE:
        piece, has_more = _read_message(await receive())
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces), has_more
