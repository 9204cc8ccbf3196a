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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.db import close_old_connections, connections

from tidegate.gate.watching import accounts_reaching, users_reaching
from tidegate.live.actions import end_looking, keep_looking
from tidegate.live.grants import Grant, Kind
from tidegate.live.news import Change, Changes, Watcher
from tidegate.live.queries import Place, everybody_looking
from tidegate.live.still import find_ended, find_shut
from tidegate.live.streams import Hint, Stream

IN_ALL: Final = 2_000
OF_ACCOUNT: Final = 60
OF_SESSION: Final = 20

LOOKED_EVERY: Final = 0.25
MANY_EVERY: Final = 2.0
"""Pages over several tenants are told at most so often: whom a change concerns costs most of them."""
ONLOOKERS_EVERY: Final = 1.0
STILL_EVERY: Final = 5.0
KEPT_EVERY: Final = 10.0
SHUT_EVERY: Final = 60.0
_AFTER_FAULT: Final = 5.0
_TENANTS_AT_ONCE: Final = 500

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
        # Whoever comes asks for itself what is new, so nothing before this instant is missed.
        round_ = _Round(self._streams, self._tell)
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


class _Round:
    """What the thread does again and again, each at its own pace."""

    def __init__(
        self, streams: Mapping[uuid.UUID, Stream], tell: Callable[[Iterable[Stream], Hint | None], None]
    ) -> None:
        self._all = streams
        self._tell = tell
        self._watcher = Watcher()
        self._waiting: dict[uuid.UUID, Change] = {}
        self._looking: Mapping[Place, frozenset[uuid.UUID]] = {}
        self._done_at: defaultdict[str, float] = defaultdict(time.monotonic)

    def turn(self) -> None:
        streams = list(self._all.values())
        changes = self._watcher.look()
        self._tell_one_tenant(streams, changes)
        self._waiting |= changes
        if self._waiting and self._is_due("many", MANY_EVERY):
            changes, self._waiting = self._waiting, {}
            self._tell_several(streams, changes)
        if self._is_due("onlookers", ONLOOKERS_EVERY):
            self._tell_onlookers(streams)
        if self._is_due("still", STILL_EVERY):
            self._end(streams, find_ended)
        if self._is_due("shut", SHUT_EVERY):
            self._end([stream for stream in streams if stream.grant.target or stream.grant.group], find_shut)
        if self._is_due("kept", KEPT_EVERY):
            keep_looking([stream.id for stream in streams if stream.grant.begin])

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now - self._done_at[what] < every:
            return False
        self._done_at[what] = now
        return True

    def _tell_one_tenant(self, streams: Iterable[Stream], changes: Changes) -> None:
        if not changes:
            return
        concerned: defaultdict[Kind, list[Stream]] = defaultdict(list)
        for stream in streams:
            grant = stream.grant
            change = changes.get(grant.tenant_id) if grant.tenant_id else None
            if change and change.concerns(grant.kind, grant.target):
                concerned[grant.kind].append(stream)
        for some in concerned.values():
            tenants = {one.grant.tenant_id for one in some if one.grant.tenant_id}
            users = {one.grant.user_id for one in some if one.grant.user_id}
            reaching = users_reaching(tenants, users, some[0].grant.permission)
            self._tell((one for one in some if one.grant.user_id in reaching), Hint.CHANGED)

    def _tell_several(self, streams: Iterable[Stream], changes: Changes) -> None:
        alike: defaultdict[tuple[Kind, str], list[Stream]] = defaultdict(list)
        for stream in streams:
            if stream.grant.tenant_id is None:
                alike[stream.grant.kind, stream.grant.group_key].append(stream)
        for (kind, _), some in alike.items():
            tenants = [tenant_id for tenant_id, change in changes.items() if kind in change.kinds]
            self._tell_some(some, tenants)

    def _tell_some(self, some: list[Stream], tenants: list[uuid.UUID]) -> None:
        grant = some[0].grant
        accounts = {one.grant.session.account_id for one in some}
        reaching: set[uuid.UUID] = set()
        for begin in range(0, len(tenants), _TENANTS_AT_ONCE):
            part = tenants[begin : begin + _TENANTS_AT_ONCE]
            reaching |= accounts_reaching(accounts - reaching, part, grant.permission, grant.group)
            if reaching == accounts:
                break
        self._tell((one for one in some if one.grant.session.account_id in reaching), Hint.CHANGED)

    def _tell_onlookers(self, streams: Iterable[Stream]) -> None:
        places = [stream for stream in streams if stream.grant.place]
        if not places:
            return
        before, self._looking = self._looking, everybody_looking()
        now = self._looking
        self._tell(
            (
                stream
                for stream in places
                if stream.grant.place and before.get(stream.grant.place) != now.get(stream.grant.place)
            ),
            Hint.ONLOOKERS,
        )

    def _end(self, streams: list[Stream], find: Callable[[list[Grant]], set[Grant]]) -> None:
        ended = find([stream.grant for stream in streams])
        self._tell((stream for stream in streams if stream.grant in ended), None)


def _begin(stream: Stream) -> None:
    if stream.grant.begin and not stream.is_over:
        stream.grant.begin(stream.id)
