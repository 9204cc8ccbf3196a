"""Asking again for what changed: how far a filter reaches in the time of a feed, `lastUpdateDateTime`.

A consumer that an administrator sent back asks from there, whatever it asks for itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.http import QueryDict

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.feeds.queries import find_replay
from tidegate.feeds.words import Feed
from tidegate.graph.lists import read_query
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.filter.literals import read_moment
from tidegate.odata.filter.tree import And, Comparison, Condition, Literal, Moment, Operator, Text
from tidegate.odata.query import Query
from tidegate.odata.resource import Resource

_TIME: Final = "lastupdatedatetime"


@dataclass(frozen=True, slots=True)
class Window:
    """From when, until when. `is_whole`: nothing that lies between the two is left out."""

    since: datetime | None = None
    until: datetime | None = None
    is_whole: bool = True


def read_window(query: Query) -> Window:
    """The window of a list's filter; without one, everything there is."""
    since: datetime | None = None
    until: datetime | None = None
    is_whole = True
    for part in _parts(query.filter):
        moment = _moment_of(part)
        if moment is None or not isinstance(part, Comparison):
            is_whole = False
        elif part.operator in {Operator.GT, Operator.GE}:
            since = max(moment, since or moment)
        elif part.operator in {Operator.LT, Operator.LE}:
            until = min(moment, until or moment)
        else:
            is_whole = False
    return Window(since, until, is_whole)


def is_poll(query: Query) -> bool:
    """Whether it asks for what changed since an instant."""
    return read_window(query).since is not None


def read_feed_query(call: Call, scope: Scope | ManyScope, feed: Feed, resource: Resource) -> Query:
    """The query options of a request of a feed, sent back where it is to begin earlier. Raises BadQuery."""
    query = read_query(call, resource)
    window = read_window(query)
    if not isinstance(scope, Scope) or not window.is_whole or window.since is None or query.skiptoken:
        return query
    replay = find_replay(scope, call.caller.claim.client_id, feed)
    if replay is None or replay >= window.since:
        return query
    _send_back(call, replace(window, since=replay))
    return read_query(call, resource)


def _send_back(call: Call, window: Window) -> None:
    """Ask as if the client had asked for this window, in links onwards too."""
    bounds = [("ge", window.since), ("le", window.until)]
    terms = [f"lastUpdateDateTime {word} {format_time(at)}" for word, at in bounds if at]
    changed = call.request.GET.copy()
    for name in list(changed):
        if name.strip().lower().removeprefix("$") == "filter":
            del changed[name]
    changed["$filter"] = " and ".join(terms)
    call.request.GET = QueryDict(changed.urlencode())


def _parts(condition: Condition | None) -> Iterator[Condition]:
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _parts(part)
    elif condition is not None:
        yield condition


def _moment_of(part: Condition) -> datetime | None:
    """The moment with which the feed's time is compared, if it is."""
    if not isinstance(part, Comparison) or str(part.left).lower() != _TIME:
        return None
    return _read(part.right)


def _read(literal: Literal) -> datetime | None:
    if isinstance(literal, Moment):
        return literal.value
    return read_moment(literal.value) if isinstance(literal, Text) else None
