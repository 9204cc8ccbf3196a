"""One open page: what it is to be told next, and how that is written (HTML, "Server-sent events")."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Awaitable, Callable, MutableMapping
from enum import StrEnum
from typing import Any, Final

from tidegate.core.ids import uuid7
from tidegate.live.grants import Grant

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

BEAT_SECONDS: Final = 5.0
"""So often a silent stream says that it lives. A page that left without a word is noticed by it, and a page
that hears nothing, because something in between keeps everything back, asks by the clock."""
_BEAT: Final = "event: beat\ndata: .\n\n"
PAUSE_SECONDS: Final = 1.0
"""Between two hints: what happens in a burst is one hint."""
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # nginx and others keep an answer back until it fills their buffer, unless they are told.
    (b"x-accel-buffering", b"no"),
)
_REPLACED: Final = frozenset({b"content-type", b"content-length", b"cache-control", b"content-encoding"})


class Hint(StrEnum):
    """What a page is told."""

    CHANGED = "changed"
    ONLOOKERS = "onlookers"


class Stream:
    """What one page is to be told. Of the loop alone: other threads go through it."""

    def __init__(self, grant: Grant) -> None:
        self.id = uuid7()
        self.grant = grant
        self._is_over = False
        self._hints: set[Hint] = set()
        self._woken = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is said."""
        return self._is_over

    def tell(self, hint: Hint) -> None:
        """Say so with the next hints."""
        self._hints.add(hint)
        self._woken.set()

    def end(self) -> None:
        """Say nothing more."""
        self._is_over = True
        self._woken.set()

    async def take(self, seconds: float) -> list[Hint] | None:
        """The hints there are, once there are any; none when so many seconds have passed; None at the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()
        hints, self._hints = sorted(self._hints), set()
        return None if self._is_over else hints


async def write_stream(
    stream: Stream,
    gap: Callable[[], int],
    headers: list[tuple[bytes, bytes]],
    receive: Receive,
    send: Send,
) -> None:
    """Tell a page until it leaves or must hear no more. `headers` are what its request was answered with.

    `gap` says in milliseconds how long a page is to leave at least between two of its own questions.
    """
    kept = [header for header in headers if header[0] not in _REPLACED]
    await send({"type": "http.response.start", "status": 200, "headers": [*kept, *_HEADERS]})
    watching = asyncio.ensure_future(_watch(stream, receive))
    try:
        # Pages that lose a server come back one after the other. What happened meanwhile, whichever was the
        # last hint that a page got (Last-Event-ID), it asks for itself whenever a stream begins.
        await _say(send, f"retry: {random.randint(2_000, 6_000)}\n\n")  # noqa: S311  likewise
        while (hints := await stream.take(_next_beat())) is not None:
            await _say(send, _write(stream, hints, gap()) if hints else _BEAT)
            if hints:
                await asyncio.sleep(PAUSE_SECONDS)
        await send({"type": "http.response.body", "body": b""})
    finally:
        watching.cancel()


def _next_beat() -> float:
    # Not all in the same instant.
    return BEAT_SECONDS * random.uniform(0.8, 1.0)  # noqa: S311  to spread them, no secret


def _write(stream: Stream, hints: list[Hint], gap: int) -> str:
    number = int(time.time() * 1000)
    data = json.dumps({"of": stream.grant.kind, "gap": gap})
    return "".join(f"id: {number}\nevent: {hint}\ndata: {data}\n\n" for hint in hints)


async def _watch(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
