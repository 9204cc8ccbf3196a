"""What the server runs in each process: live streams in its loop, everything else in Django's threads."""

import os
from typing import Final

from tidegate.config.bridge import Bridge, Message, Receive, Send
from tidegate.config.wsgi import application

# Threads wait for the database more than for Python, up to a point.
THREADS: Final = min(8, 2 * (os.cpu_count() or 1) + 1)

_bridge: Final = Bridge(application, THREADS)


async def serve_all(scope: Message, receive: Receive, send: Send) -> None:
    """Answer one request, or see the process begin and end (ASGI 3)."""
    if scope["type"] == "lifespan":
        await _live_through(receive, send)
    else:
        await _bridge(scope, receive, send)


async def _live_through(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
