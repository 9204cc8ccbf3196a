"""Keeping the sign-in log: counted in this process and written every few seconds, not with each token.

What was counted and not yet written is lost when a process is killed: five seconds at most. At a normal
stop it is written. Failures cost an outsider nothing, so each process lets at most `FAILURES_AT_MOST`
different ones an hour into a tenant's log; what goes beyond is counted together, without its address.
"""

import hashlib
import logging
import threading
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest, Least

from tidegate.audit.actions import clean_text
from tidegate.core import clock
from tidegate.core.light import light_transaction
from tidegate.oauth.models import SignIn

WRITTEN_EVERY_SECONDS: Final = 5.0
FAILURES_AT_MOST: Final = 100
_KEPT_AT_MOST: Final = 20_000

_log = logging.getLogger(__name__)


class Attempt(NamedTuple):
    """What a row of the log is about. `event_id` makes it a row of its own; without, it is counted."""

    tenant_id: uuid.UUID
    grant: str
    result: int = 0
    client_id: uuid.UUID | None = None
    client_name: str = ""
    user_id: uuid.UUID | None = None
    user_name: str = ""
    resource: str = ""
    ip_address: str = ""
    user_agent: str = ""
    event_id: uuid.UUID | None = None

    @property
    def digest(self) -> str:
        """What tells it from others of its tenant and hour."""
        return hashlib.sha256(repr(tuple(self)).encode()).hexdigest()


@dataclass(slots=True)
class _Times:
    first_at: datetime
    last_at: datetime
    count: int = 0


type _Tally = dict[tuple[Attempt, datetime], _Times]

_lock = threading.Lock()
_tally: _Tally = {}
_failures: defaultdict[tuple[uuid.UUID, datetime], set[Attempt]] = defaultdict(set)


def note(attempt: Attempt) -> None:
    """Count an attempt; it is written with the next `write_noted`, at once where very many wait for it."""
    if count(attempt, clock.now()) >= _KEPT_AT_MOST:
        write_noted()


def count(attempt: Attempt, now: datetime) -> int:
    """Count an attempt, for who may not wait for the database: how many different ones wait to be written."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    with _lock:
        key = (_bound(attempt, hour) if attempt.result else attempt, hour)
        times = _tally.get(key)
        if times is None:
            times = _tally[key] = _Times(now, now)
        times.last_at, times.count = now, times.count + 1
        return len(_tally)


def write_noted() -> None:
    """Write what was counted since the last time."""
    now = clock.now()
    with _lock:
        noted = dict(_tally)
        _tally.clear()
        for key in [key for key in _failures if key[1] < now - timedelta(hours=1)]:
            del _failures[key]
    if noted:
        _write(noted)


def write_noted_always() -> None:
    """From now on until this process ends, write every few seconds and once more at its end. For servers."""

    def repeat() -> None:
        # Not a daemon, and it waits for the main thread: a process that ends waits for it in turn. Handlers
        # of atexit are not run in processes that multiprocessing started, as those of a server are.
        main = threading.main_thread()
        while main.is_alive():
            main.join(WRITTEN_EVERY_SECONDS)
            _write_and_let_go()

    threading.Thread(target=repeat, daemon=False, name="sign-in log").start()


def _write_and_let_go() -> None:
    try:
        write_noted()
    except Exception:  # noqa: BLE001  whatever it was, the next time comes
        _log.exception("the sign-in log could not be written")
    finally:
        connection.close()


def _bound(attempt: Attempt, hour: datetime) -> Attempt:
    """A failure as it is counted: by itself, or with the others where a tenant has too many already."""
    known = _failures[attempt.tenant_id, hour]
    if attempt in known or len(known) < FAILURES_AT_MOST:
        known.add(attempt)
        return attempt
    return Attempt(attempt.tenant_id, attempt.grant, attempt.result)


def _write(noted: Mapping[tuple[Attempt, datetime], _Times]) -> None:
    rows = [_make_row(attempt, hour, times) for (attempt, hour), times in noted.items()]
    # In one order for all processes: two that count on the same rows would else wait for each other.
    rows.sort(key=lambda row: (row.tenant_id, row.hour_at, row.digest))
    counts = [row.count for row in rows]
    with light_transaction():
        for row in rows:
            row.count = 0
        SignIn.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        for row, count in zip(rows, counts, strict=True):
            same = SignIn.objects.of_tenant(row.tenant_id).filter(hour_at=row.hour_at, digest=row.digest)
            same.update(
                count=F("count") + count,
                first_at=Least(F("first_at"), row.first_at),
                last_at=Greatest(F("last_at"), row.last_at),
            )


def _make_row(attempt: Attempt, hour: datetime, times: _Times) -> SignIn:
    return SignIn(
        tenant_id=attempt.tenant_id,
        hour_at=hour,
        digest=attempt.digest,
        count=times.count,
        first_at=times.first_at,
        last_at=times.last_at,
        grant=attempt.grant,
        result=attempt.result,
        client_id=attempt.client_id,
        client_name=clean_text(attempt.client_name, 120),
        user_id=attempt.user_id,
        user_name=clean_text(attempt.user_name, 256),
        resource=attempt.resource,
        ip_address=clean_text(attempt.ip_address, 45),
        user_agent=clean_text(attempt.user_agent, 256),
    )
