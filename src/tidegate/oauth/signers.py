"""Threads that sign for the server's loop: signing takes longer than all else about a token."""

import asyncio
import os
import threading
from collections import deque
from queue import SimpleQueue
from typing import Final

from tidegate.oauth.signing import Draft

THREADS: Final = max(2, os.cpu_count() or 1)

type Signature = asyncio.Future[bytes]
type Job = tuple[Draft, Signature, "_Desk"]


class Signers:
    """The threads, begun with the first signature; they end with the process."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._is_begun = False
        self._desk: _Desk | None = None

    async def sign(self, draft: Draft) -> bytes:
        """The signature, made in one of the threads."""
        if not self._is_begun:
            self._begin()
        loop = asyncio.get_running_loop()
        if self._desk is None or self._desk.loop is not loop:
            self._desk = _Desk(loop)
        signature: Signature = loop.create_future()
        self._jobs.put((draft, signature, self._desk))
        return await signature

    def _begin(self) -> None:
        self._is_begun = True
        for number in range(self._threads):
            threading.Thread(target=self._work, daemon=True, name=f"signer {number + 1}").start()

    def _work(self) -> None:
        while True:
            draft, signature, desk = self._jobs.get()
            made: bytes | Exception
            try:
                made = draft.sign()
            except Exception as error:  # noqa: BLE001  it is raised where the signature was asked for
                made = error
            desk.put(signature, made)
            # Kept until the next one comes, they would keep alive what the last request held.
            del draft, signature, made


class _Desk:
    """Where threads leave what a loop waits for; it is called once for all that lies there by then."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._made: deque[tuple[Signature, bytes | Exception]] = deque()
        self._is_called = False

    def put(self, signature: Signature, made: bytes | Exception) -> None:
        """Leave it; in a thread."""
        self._made.append((signature, made))
        if not self._is_called:
            self._is_called = True
            try:
                self.loop.call_soon_threadsafe(self._hand_out)
            except RuntimeError:
                # The loop has ended, and with it whoever waited.
                return

    def _hand_out(self) -> None:
        # Said before looking: whoever leaves something after the last look calls again.
        self._is_called = False
        while self._made:
            signature, made = self._made.popleft()
            if signature.done():
                continue
            if isinstance(made, bytes):
                signature.set_result(made)
            else:
                signature.set_exception(made)
