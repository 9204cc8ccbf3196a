"""The record as an outbox: readers that act on every event once, in order, none left out.

A reader writes what follows from an event in the same transaction that moves its position, so either both
are there or neither: an event that was rolled back was never read, and one that was read is not read again,
whatever dies in between. Tenants do not wait for each other; several workers share them out.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from tidegate.audit.models import AuditEvent, ChainHead, ReaderPosition

EVENTS_AT_ONCE: Final = 200
_TENANTS_AT_ONCE: Final = 50

type Handle = Callable[[uuid.UUID, Sequence[AuditEvent]], None]


def read_outbox(reader: str, handle: Handle) -> bool:
    """Give the next events of some tenants to `handle`, which writes what follows from them. A job.

    Says whether there were any. What `handle` raises undoes its tenant's step, which is tried again; the
    other tenants' are taken all the same, then the first fault is raised.
    """
    had_work, faults = False, []
    for tenant_id in _tenants_behind(reader):
        try:
            had_work = _advance(reader, tenant_id, handle) or had_work
        except Exception as fault:  # noqa: BLE001  one tenant's fault must not hold up the others
            faults.append(fault)
    if faults:
        raise faults[0]
    return had_work


def begin_now(reader: str) -> None:
    """Let a new reader begin with what happens from now on: everything before counts as read.

    For the migration that brings the reader; tenants made later are read from their first event.
    """
    heads = ChainHead.objects.order_by("tenant_id").values_list("tenant_id", "sequence")
    positions = [
        ReaderPosition(tenant_id=tenant_id, reader=reader, sequence=sequence) for tenant_id, sequence in heads
    ]
    ReaderPosition.objects.bulk_create(positions, batch_size=500, ignore_conflicts=True)


def _tenants_behind(reader: str) -> list[uuid.UUID]:
    """Tenants with events that the reader has not seen. One statement."""
    positions = ReaderPosition.objects.filter(reader=reader, tenant_id=OuterRef("tenant_id"))
    read = Coalesce(Subquery(positions.values("sequence")), 0)
    behind = ChainHead.objects.annotate(read=read).filter(sequence__gt=F("read"))
    return list(behind.values_list("tenant_id", flat=True)[:_TENANTS_AT_ONCE])


def _advance(reader: str, tenant_id: uuid.UUID, handle: Handle) -> bool:
    new = ReaderPosition(tenant_id=tenant_id, reader=reader)
    if not ReaderPosition.objects.filter(tenant_id=tenant_id, reader=reader).exists():
        ReaderPosition.objects.bulk_create([new], ignore_conflicts=True)
    with transaction.atomic():
        rows = ReaderPosition.objects.select_for_update(skip_locked=True)
        position = rows.filter(tenant_id=tenant_id, reader=reader).first()
        if position is None:
            # Another worker is at it.
            return False
        unread = AuditEvent.objects.across_tenants().filter(
            tenant_id=tenant_id, sequence__gt=position.sequence
        )
        events = list(unread.order_by("sequence")[:EVENTS_AT_ONCE])
        if not events:
            return False
        handle(tenant_id, events)
        own = ReaderPosition.objects.filter(tenant_id=tenant_id, reader=reader)
        own.update(sequence=events[-1].sequence)
    return True
