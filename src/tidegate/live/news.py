"""What has happened since the last look, as far as open pages show it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tidegate.audit.heads import Heads, News, count_events, list_news, read_heads, tenant_of
from tidegate.incidents.words import TOOK_IN
from tidegate.live.grants import Kind

_READ_AT_MOST: Final = 200
"""Tenants whose events are read; where more have moved at once, all of them are taken to have changed."""
_LOOKS: Final = frozenset({"viewed", "exported", "searched"})
# Of these the event names all that it is about; others touch further incidents than their own.
_ALONE: Final = frozenset(
    f"incident.{word}" for word in ("assigned", "classified", "commented", "status_changed", "tagged")
)


@dataclass(slots=True)
class Change:
    """What has changed in one tenant. `targets` are the things; None where it may be anything."""

    kinds: set[Kind] = field(default_factory=set)
    targets: set[str] | None = field(default_factory=set)

    def concerns(self, kind: Kind, target: str) -> bool:
        """Whether a page of that kind, about that thing or a list of them, shows something of it."""
        return kind in self.kinds and (not target or self.targets is None or target in self.targets)


type Changes = Mapping[uuid.UUID, Change]


class Watcher:
    """Looks what has happened since it looked last. Begins with what happens from now on."""

    def __init__(self) -> None:
        self._count = count_events()
        self._heads: Heads = read_heads()

    def look(self) -> Changes:
        """The tenants in whose queue something has changed. One short statement where nothing has."""
        count = count_events()
        if count == self._count:
            return {}
        heads = read_heads()
        # Events may come in between the two statements: they are found here now, or counted the next time.
        self._count = sum(heads.values())
        moved = {key: sequence for key, sequence in heads.items() if self._heads.get(key) != sequence}
        before, self._heads = self._heads, heads
        since = {tenant_of(key): before.get(key, 0) for key in moved}
        if len(since) > _READ_AT_MOST:
            return {tenant_id: Change(set(Kind), None) for tenant_id in since}
        return read_changes(list_news(since))


def read_changes(news: Iterable[News]) -> Changes:
    """What events come to for pages that show queues."""
    changes: dict[uuid.UUID, Change] = {}
    for one in news:
        kinds = _kinds_of(one)
        if not kinds:
            continue
        change = changes.setdefault(one.tenant_id, Change())
        change.kinds |= kinds
        if one.tag not in _ALONE:
            change.targets = None
        elif change.targets is not None:
            change.targets.add(one.target)
    return changes


def _kinds_of(news: News) -> set[Kind]:
    kind = news.target.partition(":")[0]
    if news.tag.rpartition(".")[2] in _LOOKS:
        return set()
    if news.tag in TOOK_IN or kind == "alert":
        # An incident's page and row show its alerts.
        return set(Kind)
    if kind == "incident":
        return set(Kind) if news.tag not in _ALONE else {Kind.INCIDENTS}
    return set()
