"""What answers requests in each process: live streams in its loop, everything else in Django's threads.

A live stream begins as any other request: Django, with all of its middleware, decides whether there is to be
one, and leaves what the page may be told. Without that, its answer is the answer.
"""

import asyncio
import signal
from typing import Final

from tidegate.config.bridge import Bridge, Message, Receive, Send
from tidegate.live.grants import Slot
from tidegate.live.hub import Hub
from tidegate.live.streams import write_stream

_LIVE: Final = b"/live"
_TOO_MANY: Final[Message] = {
    "type": "http.response.start",
    "status": 429,
    "headers": [(b"retry-after", b"60"), (b"cache-control", b"no-store")],
}


class Entry:
    """The server's application (ASGI 3), made once a process."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._hub: Hub | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, or see the process begin and end."""
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
        elif self._hub and scope["raw_path"] == _LIVE and scope["method"] == "GET":
            await self._stream(self._hub, scope, receive, send)
        else:
            await self._bridge(scope, receive, send)

    async def _stream(self, hub: Hub, scope: Message, receive: Receive, send: Send) -> None:
        slot = Slot()
        status, headers, body = await self._bridge.ask(scope, {Slot.NAME: slot})
        if status != 200 or slot.grant is None:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        stream = hub.open(slot.grant)
        if stream is None:
            await send(_TOO_MANY)
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await write_stream(stream, hub.gap, headers, receive, send)
        finally:
            hub.close(stream)

    async def _live_through(self, receive: Receive, send: Send) -> None:
        hub = self._hub = Hub()
        await receive()
        _when_told_to_end(hub)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _when_told_to_end(hub: Hub) -> None:
    # The server waits for all answers to end before it says that the process does, and a stream would not
    # end by itself. It listens for signals through the loop, which has its own way to hear of them: what
    # is set here is run beside that.
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(hub.stop))
