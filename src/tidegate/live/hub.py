"""All streams of this process, and the one thread that finds out what each of them is to be told.

However many pages are open: one short statement several times a second while nothing happens; while something
does, a few more for all pages together.
"""

import asyncio
import logging
import queue
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from django.db import close_old_connections, connections

from tidegate.live.actions import end_looking
from tidegate.live.grants import Grant
from tidegate.live.rounds import Round
from tidegate.live.streams import Hint, Stream

IN_ALL: Final = 2_000
OF_ACCOUNT: Final = 60
OF_SESSION: Final = 20

SHORTEST_GAP: Final = 3_000
GAP_OF_EACH: Final = 25
"""Milliseconds that every open page adds to the time that all leave between their own questions.

They are forty a second at most for a process, however many pages are open and however much happens."""
LOOKED_EVERY: Final = 0.25
_AFTER_FAULT: Final = 5.0

_log = logging.getLogger(__name__)


class Hub:
    """The streams of one process. Everything but `_run` and what it calls is of the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._streams: dict[uuid.UUID, Stream] = {}
        self._errands: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    def open(self, grant: Grant) -> Stream | None:
        """A stream for a grant; None where there are too many of this session, account or process."""
        if self._is_stopped or not self._has_room(grant):
            return None
        stream = Stream(grant)
        self._streams[stream.id] = stream
        if grant.begin:
            self._errands.put(lambda: _begin(stream))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="live")
            self._thread.start()
        else:
            self._errands.put(None)
        return stream

    def gap(self) -> int:
        """How many milliseconds each page is to leave between two questions of its own."""
        return max(SHORTEST_GAP, GAP_OF_EACH * len(self._streams))

    def close(self, stream: Stream) -> None:
        """The page has left, or must hear no more."""
        stream.end()
        del self._streams[stream.id]
        if stream.grant.begin:
            self._errands.put(lambda: end_looking([stream.id]))

    def stop(self) -> None:
        """End all streams and begin no further one: the process is about to end."""
        self._is_stopped = True
        for stream in self._streams.values():
            stream.end()
        self._errands.put(None)

    def _has_room(self, grant: Grant) -> bool:
        accounts = Counter(stream.grant.session.account_id for stream in self._streams.values())
        sessions = Counter(stream.grant.session.key for stream in self._streams.values())
        return (
            len(self._streams) < IN_ALL
            and accounts[grant.session.account_id] < OF_ACCOUNT
            and sessions[grant.session.key] < OF_SESSION
        )

    def _run(self) -> None:
        while not self._is_stopped:
            try:
                self._watch_while_open()
            except Exception:  # noqa: BLE001  whatever it was, pages that are open go on being told
                _log.exception("open pages could not be told what has changed")
                time.sleep(_AFTER_FAULT)
            connections.close_all()
            if not self._streams and not self._is_stopped:
                self._do_errand(self._errands.get())
        # The last errands are those of pages that the end of the process closes.
        self._do_errands(until=time.monotonic() + 1.0)
        connections.close_all()

    def _watch_while_open(self) -> None:
        round_ = Round(self._streams, self._tell)
        # What has happened before this instant is not looked for, nor what did while there was a fault.
        self._tell(list(self._streams.values()), Hint.CHANGED)
        while self._streams and not self._is_stopped:
            self._do_errands(until=time.monotonic() + LOOKED_EVERY)
            close_old_connections()
            round_.turn()

    def _do_errands(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            try:
                self._do_errand(self._errands.get(timeout=left))
            except queue.Empty:
                return

    def _do_errand(self, errand: Callable[[], None] | None) -> None:
        if errand:
            errand()

    def _tell(self, streams: Iterable[Stream], hint: Hint | None) -> None:
        """Tell these, or end them where there is no hint. From the thread."""
        chosen = list(streams)
        if not chosen:
            return

        def tell() -> None:
            for stream in chosen:
                if hint is None:
                    stream.end()
                else:
                    stream.tell(hint)

        self._loop.call_soon_threadsafe(tell)


def _begin(stream: Stream) -> None:
    if stream.grant.begin and not stream.is_over:
        stream.grant.begin(stream.id)
