"""When something changed here: instants in the order in which changes become visible.

Programs ask again and again for what was updated since the last instant they saw. Were that the clock's
time, a change that takes long would come in behind one that was quicker, and be missed. So `last_update_at`
is an instant of the tenant: each is later than all before, whatever the clock of whichever server says, and
whoever takes one keeps all others waiting until their transaction ends.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tidegate.core import clock
from tidegate.core.light import light_transaction
from tidegate.core.prepared import INSTANT, UUID, Prepared
from tidegate.core.prepared_writes import PreparedUpdate
from tidegate.incidents.models import ChangeClock

_STEP: Final = timedelta(microseconds=1)
_LOCK: Final = Prepared(
    lambda tenant_id: ChangeClock.objects.select_for_update().filter(tenant_id=tenant_id).values_list("at"),
    tenant_id=UUID,
)
_MOVE: Final = PreparedUpdate(
    lambda tenant_id, at: (ChangeClock.objects.filter(tenant_id=tenant_id), {"at": at}),
    tenant_id=UUID,
    at=INSTANT,
)


class Instants:
    """Instants for changes whose number nobody knows beforehand. The clock is moved once, by `settle`."""

    def __init__(self, tenant_id: uuid.UUID, last: datetime) -> None:
        self._tenant_id = tenant_id
        self._last = last
        self._next = max(clock.now(), last + _STEP)

    def __iter__(self) -> "Instants":
        """Itself: there is always a next one."""
        return self

    def __next__(self) -> datetime:
        """The next instant."""
        self._last, self._next = self._next, self._next + _STEP
        return self._last

    def settle(self) -> None:
        """Nobody takes one of these any more. To be done before anybody else in the transaction takes any."""
        _MOVE.run(tenant_id=self._tenant_id, at=self._last)


def open_instants(tenant_id: uuid.UUID) -> Instants:
    """Instants, taken as in `take_instants`."""
    return Instants(tenant_id, _lock_clock(tenant_id))


def take_instants(tenant_id: uuid.UUID, number: int) -> Iterator[datetime]:
    """So many instants, for one change each, within the caller's transaction.

    To be taken after the rows that will change were locked, and before the event is recorded: everybody
    takes these locks in this order, so that none waits for one that waits for it.
    """
    first = max(clock.now(), _lock_clock(tenant_id) + _STEP)
    _MOVE.run(tenant_id=tenant_id, at=first + max(number - 1, 0) * _STEP)
    return (first + place * _STEP for place in range(number))


def _lock_clock(tenant_id: uuid.UUID) -> datetime:
    """Keep the others waiting; the last instant that was taken."""
    last = _LOCK.first(tenant_id=tenant_id)
    if last is None:
        new = ChangeClock(tenant_id=tenant_id, at=clock.now() - _STEP)
        ChangeClock.objects.bulk_create([new], ignore_conflicts=True)
        last = _LOCK.first(tenant_id=tenant_id) or [new.at]
    found: datetime = last[0]
    return found


def settle_instants(tenant_id: uuid.UUID) -> datetime:
    """The present instant of a tenant: whatever is committed from now on is later, all that is not is there.

    Waits for whoever is about to commit something earlier.
    """
    with light_transaction():
        return take_instant(tenant_id)


def last_instant(tenant_id: uuid.UUID) -> datetime | None:
    """The instant up to which everything is there that ever will be; None before anything changed."""
    return ChangeClock.objects.filter(tenant_id=tenant_id).values_list("at", flat=True).first()


def take_instant(tenant_id: uuid.UUID) -> datetime:
    """One of them."""
    return next(take_instants(tenant_id, 1))
