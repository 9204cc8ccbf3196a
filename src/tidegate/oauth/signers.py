"""Threads that sign for the server's loop: signing takes longer than all else about a token."""

import asyncio
import os
import threading
from functools import partial
from queue import SimpleQueue
from typing import Any, Final

from tidegate.oauth.signing import Draft

THREADS: Final = max(2, os.cpu_count() or 1)

type Job = tuple[Draft, "asyncio.Future[bytes]"]


class Signers:
    """The threads, begun with the first signature; they end with the process."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._is_begun = False

    async def sign(self, draft: Draft) -> bytes:
        """The signature, made in one of the threads."""
        if not self._is_begun:
            self._begin()
        signature: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._jobs.put((draft, signature))
        return await signature

    def _begin(self) -> None:
        self._is_begun = True
        for number in range(self._threads):
            threading.Thread(target=self._work, daemon=True, name=f"signer {number + 1}").start()

    def _work(self) -> None:
        while True:
            draft, signature = self._jobs.get()
            try:
                settle: Any = partial(_settle, signature, draft.sign())
            except Exception as error:  # noqa: BLE001  it is raised where the signature was asked for
                settle = partial(_fail, signature, error)
            _tell(signature.get_loop(), settle)
            # Kept until the next one comes, they would keep alive what the last request held.
            del draft, signature, settle


def _settle(signature: "asyncio.Future[bytes]", value: bytes) -> None:
    if not signature.done():
        signature.set_result(value)


def _fail(signature: "asyncio.Future[bytes]", error: Exception) -> None:
    if not signature.done():
        signature.set_exception(error)


def _tell(loop: asyncio.AbstractEventLoop, settle: Any) -> None:
    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        # The loop has ended, and with it whoever waited.
        return
