"""Alerts that a program sends in as it finds them, in any format that a file of them may have.

Each push is small, and a tenant's come in one after the other. What waits for one tenant in a process is
written together; see docs/decisions/0037.
"""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from tidegate.audit.actions import Happened, Target, append_all
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.connectors.reading import RecordReader
from tidegate.connectors.records import IncidentRecord, Record, Rejected
from tidegate.core.errors import InvalidInput
from tidegate.core.together import Take, Together
from tidegate.incidents.intake.batch import Counts, Taken
from tidegate.incidents.intake.writing import Growth, lock_intake, take_in_each

TOGETHER_AT_MOST: Final = 500
"""Alerts that are written together."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of it: the counts, and what could not be read."""

    counts: Counts
    rejected: list[Rejected]


@dataclass(frozen=True, slots=True)
class Push:
    """What one of them brings, and who may bring it where."""

    scope: Scope
    records: list[Record]

    @property
    def size(self) -> int:
        """How many alerts it may be."""
        return sum(max(1, len(one.alerts)) if isinstance(one, IncidentRecord) else 1 for one in self.records)


def push_alerts(scope: Scope, body: bytes) -> Pushed:
    """Take in what a body holds: its good records in one transaction with one event, the bad ones told.

    What is known by its id is brought up to date; the same again changes nothing. Raises Forbidden, and
    InvalidInput, naming the first fault, where nothing in it is good.
    """
    require(scope, Permission.ALERT_IMPORT)
    records: list[Record] = []
    rejected: list[Rejected] = []
    for item in RecordReader(io.BytesIO(body)):
        if isinstance(item, Rejected):
            rejected.append(item)
        else:
            records.append(item)
    if not records:
        fault = f"No alert could be read: {rejected[0].reason}." if rejected else "There is no alert."
        raise InvalidInput(fault)
    return Pushed(_write(Push(scope, records)).counts, rejected)


def _write(push: Push) -> Taken:
    tenant_id = push.scope.tenant_id
    if connection.in_atomic_block:
        # What others bring must not hang on how the caller's transaction ends.
        return _write_alone(push)
    return _LINES.do(tenant_id, push, lambda: _write_alone(push))


def _write_alone(push: Push) -> Taken:
    return _write_waiting(push.scope.tenant_id, lambda: [push])[0]


def _write_waiting(tenant_id: uuid.UUID, take: Take[Push]) -> list[Taken]:
    """Take in what waits once it is the tenant's turn; each push has its event, as if it had come alone."""
    with transaction.atomic():
        # Other processes wait here too, and meanwhile more comes.
        lock_intake(tenant_id)
        pushes = take()
        taken = take_in_each(tenant_id, [push.records for push in pushes])
        append_all(tenant_id, _list_happenings(pushes, taken))
    if not connection.in_atomic_block:
        _GROWTH.note(sum(one.counts.created for one in taken))
    return taken


def _list_happenings(pushes: Sequence[Push], taken: Sequence[Taken]) -> list[Happened]:
    return [
        _tell(push.scope, one) for push, one in zip(pushes, taken, strict=True) if one.counts.changed_anything
    ]


def _tell(scope: Scope, taken: Taken) -> Happened:
    details: dict[str, object] = {name: getattr(taken.counts, name) for name in Counts.__slots__}
    actor = scope.actor
    target = Target("application", str(actor.client_id or ""), actor.client_name)
    return Happened(actor, scope.entry, "alerts.imported", target, details=details | taken.details())


_GROWTH: Final = Growth()
_LINES: Final = Together[uuid.UUID, Push, Taken](_write_waiting, lambda push: push.size, TOGETHER_AT_MOST)
