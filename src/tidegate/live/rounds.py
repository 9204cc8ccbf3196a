"""What a process finds out for all of its open pages: what has changed, who looks, who no longer may."""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from tidegate.gate.watching import accounts_reaching, users_reaching
from tidegate.live.actions import keep_looking
from tidegate.live.grants import Grant, Kind
from tidegate.live.news import Change, Changes, Watcher
from tidegate.live.queries import Place, everybody_looking
from tidegate.live.still import find_ended, find_shut
from tidegate.live.streams import Hint, Stream

PACES: Final[Mapping[str, float]] = MappingProxyType(
    # Pages over several tenants: whom a change concerns costs most of them.
    {"many": 2.0, "onlookers": 1.0, "still": 5.0, "kept": 10.0, "shut": 60.0}
)
"""Seconds between two times of each part; what has changed in a single tenant is told every time."""
_TENANTS_AT_ONCE: Final = 500

type Tell = Callable[[Iterable[Stream], Hint | None], None]
"""Gives streams a hint, or ends them where it is None."""


class Round:
    """What is done again and again for all streams of a process, each part at its own pace."""

    def __init__(self, streams: Mapping[uuid.UUID, Stream], tell: Tell) -> None:
        self._all = streams
        self._tell = tell
        self._watcher = Watcher()
        self._waiting: dict[uuid.UUID, Change] = {}
        self._looking: Mapping[Place, frozenset[uuid.UUID]] = {}
        self._done_at: defaultdict[str, float] = defaultdict(time.monotonic)
        self.paces = dict(PACES)

    def turn(self) -> None:
        """Do what is due by now."""
        streams = list(self._all.values())
        changes = self._watcher.look()
        self._tell_one_tenant(streams, changes)
        self._waiting |= changes
        if self._waiting and self._is_due("many"):
            changes, self._waiting = self._waiting, {}
            self._tell_several(streams, changes)
        if self._is_due("onlookers"):
            self._tell_onlookers(streams)
        if self._is_due("still"):
            self._end(streams, find_ended)
        if self._is_due("shut"):
            self._end([stream for stream in streams if stream.grant.target or stream.grant.group], find_shut)
        if self._is_due("kept"):
            keep_looking([stream.id for stream in streams if stream.grant.begin])

    def _is_due(self, what: str) -> bool:
        now = time.monotonic()
        if now - self._done_at[what] < self.paces[what]:
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
        several = [stream for stream in streams if stream.grant.tenant_id is None]
        while several:
            first = several[0].grant
            some = [one for one in several if one.grant.kind == first.kind and one.grant.group == first.group]
            told = {one.id for one in some}
            several = [one for one in several if one.id not in told]
            self._tell_some(some, [tid for tid, change in changes.items() if first.kind in change.kinds])

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
