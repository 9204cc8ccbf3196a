"""Telling the ledger what a program was given of a feed, once it has it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import TidegateError
from tidegate.feeds.actions.deliveries import note_delivery, note_failure
from tidegate.feeds.words import Feed
from tidegate.gate.elsewhere import open_elsewhere
from tidegate.gate.opening import Asked
from tidegate.graph.lists import Sent
from tidegate.graph.security.polling import Window, read_window
from tidegate.incidents.models import Alert, Incident
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query


@dataclass(slots=True)
class _Given:
    """Of one tenant: how many rows, and the instant of the newest."""

    count: int = 0
    newest: datetime | None = None

    def add(self, instant: datetime) -> None:
        self.count += 1
        self.newest = max(instant, self.newest or instant)


@dataclass(slots=True)
class Delivery:
    """One list of a feed on its way to a program. `started_at` is before its first row was read."""

    call: Call
    scope: Scope | ManyScope
    feed: Feed
    query: Query
    started_at: datetime = field(default_factory=clock.now)
    _given: dict[UUID, _Given] = field(default_factory=dict)
    _last: datetime | None = None

    def add(self, rows: Iterable[Alert | Incident]) -> None:
        """These rows are on their way."""
        for row in rows:
            self._given.setdefault(row.tenant_id, _Given()).add(row.last_update_at)
            self._last = row.last_update_at

    def finish(self, sent: Sent) -> None:
        """All was handed over. Of many tenants, those whose rows were among it are told of it."""
        window = read_window(self.query)
        scope = self.scope
        if isinstance(scope, Scope):
            self._given.setdefault(scope.tenant_id, _Given())
        for tenant_id, given in self._given.items():
            note_delivery(
                self._open(tenant_id),
                client_id=self.call.caller.claim.client_id,
                feed=self.feed,
                since=window.since,
                until=self._reached(window, sent, given),
                newest=given.newest,
                count=given.count,
            )

    def fail(self, error: BaseException) -> None:
        """It broke off, or never began."""
        if isinstance(self.scope, Scope):
            closed = isinstance(error, GeneratorExit)
            reason = error.code if isinstance(error, TidegateError) else "internal_server_error"
            note_failure(
                self.scope,
                client_id=self.call.caller.claim.client_id,
                feed=self.feed,
                error="closed by the client" if closed else reason,
            )

    def _open(self, tenant_id: UUID) -> Scope:
        if isinstance(self.scope, Scope):
            return self.scope
        caller = self.call.caller
        return open_elsewhere(caller.claim, caller.resource, Asked("", tenant_id=tenant_id), caller.origin)

    def _reached(self, window: Window, sent: Sent, given: _Given) -> datetime | None:
        """Up to which instant the program has everything now; None where there is no saying."""
        oldest_first = str(self.query.sort_keys[0]) == "last_update_at"
        if not window.is_whole or self.query.skip:
            return None
        if not sent.is_last:
            return self._last if oldest_first else None
        if not oldest_first and self.query.skiptoken:
            return None
        # Instants may be a little ahead of the clock.
        newest = max(self.started_at, given.newest or self.started_at)
        return min(newest, window.until or newest)
