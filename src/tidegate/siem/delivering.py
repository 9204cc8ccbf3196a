"""Feeds on this surface: each fetch stands in the ledger, once it was sent whole or when it broke off."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps

from django.http import HttpResponseBase

from tidegate.core.errors import TidegateError
from tidegate.feeds.actions.deliveries import note_delivery, note_failure
from tidegate.feeds.bounds import Bounds, begin_at, find_bounds
from tidegate.feeds.queries import find_replay
from tidegate.feeds.words import Feed
from tidegate.incidents.instants import last_instant
from tidegate.incidents.models import Alert, Incident
from tidegate.oauth.endpoint import Call
from tidegate.odata.compiling.conditions import compile_filter
from tidegate.odata.query import Query
from tidegate.odata.resource import Resource

type View = Callable[[Call], HttpResponseBase]

_NEWEST_FIRST, _OLDEST_FIRST = "-last_update_at", "last_update_at"


@dataclass(slots=True)
class Fetch:
    """One fetch of a feed: what it is to cover, and how far it has come.

    `until` is None where it reaches no end; `goes_on`: it is a further page of what began earlier;
    `is_replay`: an administrator sent the consumer back. `is_whole`: nothing came after what was sent, which
    otherwise covers from its `oldest` or up to its `newest`, if it came in the `order` of the feed's time.
    """

    call: Call
    feed: Feed
    since: datetime | None
    until: datetime | None
    goes_on: bool = False
    is_replay: bool = False
    order: str = ""
    is_whole: bool = True
    oldest: datetime | None = None
    newest: datetime | None = None
    count: int = 0

    def note(self, count: int, newest: datetime) -> None:
        """So many more things were sent, the newest of this time."""
        self.count += count
        self.newest = max(newest, self.newest or newest)

    def note_rows(self, rows: Sequence[Alert | Incident], is_last: bool) -> None:  # noqa: FBT001  as lists tell
        """A block of a list was sent, and whether nothing comes after it."""
        self.is_whole = is_last
        if rows:
            times = [row.last_update_at for row in rows]
            self.note(len(rows), max(times))
            self.oldest = min(times)

    def deliver(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The pieces as they are; after the last was handed over, or when they break off, it is noted."""
        try:
            yield from pieces
        except GeneratorExit:
            self._fail("closed_by_client")
            raise
        except Exception as error:
            self._fail(error.code if isinstance(error, TidegateError) else "internal_server_error")
            raise
        since, until = self._covered()
        note_delivery(
            self.call.scope,
            client_id=self.call.caller.claim.client_id,
            feed=self.feed,
            since=since,
            until=until,
            newest=self.newest,
            count=self.count,
            goes_on=self.goes_on,
        )

    def _covered(self) -> tuple[datetime | None, datetime | None]:
        if self.is_whole:
            return self.since, self.until
        if self.order == _NEWEST_FIRST and not self.goes_on:
            return self.oldest, self.until
        return self.since, self.newest if self.order == _OLDEST_FIRST and self.until else None

    def _fail(self, error: str) -> None:
        client_id = self.call.caller.claim.client_id
        note_failure(self.call.scope, client_id=client_id, feed=self.feed, error=error)


def begin_fetch(call: Call, feed: Feed, since: datetime, until: datetime) -> Fetch:
    """A fetch of what was asked for; of what an administrator sent the consumer back to, if that is more."""
    replay = find_replay(call.scope, call.caller.claim.client_id, feed)
    return Fetch(call, feed, min(since, replay or since), until, is_replay=replay is not None)


def begin_list(
    call: Call, feed: Feed, resource: Resource, times: Collection[str], query: Query
) -> tuple[Query, Fetch]:
    """The same for a list, whose filter says from when; `times` are what it may call it, in lower case.

    Who filters, and not by time, looks something up and follows nothing.
    """
    bounds = find_bounds(query.filter, times)
    replay = find_replay(call.scope, call.caller.claim.client_id, feed)
    if query.filter and bounds.since and replay and replay < bounds.since:
        tree = begin_at(query.filter, times, replay)
        query = replace(query, filter=tree, condition=compile_filter(tree, resource))
        bounds = replace(bounds, since=replay)
    # Before any row is read: whatever is committed from now on is later.
    reached = last_instant(call.scope.tenant_id)
    follows = query.top and (query.filter is None or bounds != Bounds())
    fetch = Fetch(
        call,
        feed,
        since=bounds.since,
        until=min(bounds.until or reached, reached) if reached and follows else None,
        goes_on=bool(query.skip or query.skiptoken),
        order=query.order[0],
    )
    return query, fetch


def noting_failures(feed: Feed) -> Callable[[View], View]:
    """Around the view of a feed: what is refused to a consumer stands in the ledger too."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(call: Call) -> HttpResponseBase:
            scope, client_id = call.scope, call.caller.claim.client_id
            try:
                return view(call)
            except Exception as error:
                code = error.code if isinstance(error, TidegateError) else "internal_server_error"
                note_failure(scope, client_id=client_id, feed=feed, error=code)
                raise

        return run

    return decorate
