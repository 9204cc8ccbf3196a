"""In which order the Customers page lists tenants, and where its pages begin: by names and counts alone.

A row costs many times what its place costs. So all tenants are put in order, of each no more than its name
and how many incidents are open, and rows are made of one page of them.
"""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor
from tidegate.core.errors import InvalidInput
from tidegate.directory.queries import list_guest_users
from tidegate.gate.opening import open_many
from tidegate.incidents.queries import count_open_by_tenant
from tidegate.web.overview import to_counts
from tidegate.web.plots.model import SeverityCounts

PAGE: Final = 100
_LONGEST_CURSOR: Final = 2000

type Key = tuple[bool, int, int, int, str, str]
"""Whether it cannot be entered; open incidents by severity, negative; the name; the tenant's id."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A tenant at its place in the order. `counts` are none where incidents may not be read."""

    tenant_id: UUID
    key: Key
    counts: SeverityCounts


@dataclass(frozen=True, slots=True)
class RankedPage:
    """Some of them, and the cursors of the pages around; empty where there is none."""

    rows: Sequence[Ranked]
    newer: str
    older: str


def rank_customers(actor: Actor) -> list[Ranked]:
    """Every tenant in which the actor is a guest, those with the most severe open incidents first.

    Those that cannot be entered now come last. Three statements.
    """
    if actor.account_id is None:
        return []
    counts = {tid: to_counts(found) for tid, found in _count_open(actor).items()}
    inside = open_many(actor, Permission.TENANT_READ).reach.tenant_ids()
    enterable = set(inside.values_list("tenant_id", flat=True))
    guests = list_guest_users(actor.account_id).order_by().values_list("tenant_id", "tenant__display_name")
    found = (_rank(tid, name, counts.get(tid, SeverityCounts()), tid in enterable) for tid, name in guests)
    return sorted(found, key=lambda ranked: ranked.key)


def find_page(ranked: Sequence[Ranked], cursor: str) -> RankedPage:
    """The page after (or before) a cursor. Raises InvalidInput naming `cursor` for one that no page gave."""
    backwards, key = _read_cursor(cursor) if cursor else (False, None)
    begin = 0 if key is None else bisect_right(ranked, key, key=lambda one: one.key)
    if backwards and key is not None:
        begin = max(0, bisect_left(ranked, key, key=lambda one: one.key) - PAGE)
    rows = ranked[begin : begin + PAGE]
    return RankedPage(
        rows,
        newer=_make_cursor("b", rows[0].key) if rows and begin else "",
        older=_make_cursor("f", rows[-1].key) if begin + PAGE < len(ranked) else "",
    )


def matching(ranked: Iterable[Ranked], text: str) -> list[Ranked]:
    """Those that somebody means by what they typed: part of a name or of a Directory ID."""
    wanted = text.casefold()
    return [one for one in ranked if wanted in one.key[4] or wanted in one.key[5]]


def _count_open(actor: Actor) -> Any:
    return count_open_by_tenant(open_many(actor, Permission.INCIDENT_READ))


def _rank(tenant_id: UUID, name: str, counts: SeverityCounts, is_inside: bool) -> Ranked:  # noqa: FBT001
    severe = (-counts.high, -counts.medium, -counts.low)
    return Ranked(tenant_id, (not is_inside, *severe, name.casefold(), str(tenant_id)), counts)


def _make_cursor(way: str, key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([way, *key]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[bool, Key]:
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError(len(cursor))
        way, is_last, *severe, name, tid = json.loads(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        )
        high, medium, low = map(int, severe)
        if way not in {"b", "f"}:
            raise ValueError(way)
        return way == "b", (bool(is_last), high, medium, low, str(name), str(tid))
    except (binascii.Error, ValueError, TypeError, RecursionError, OverflowError):
        raise InvalidInput(fields={"cursor": "is not one that this list gave"}) from None
