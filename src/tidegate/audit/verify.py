"""Read a tenant's chain from its first event and say where it was tampered with."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidegate.audit.chain import first_hash, hash_event, is_sealed
from tidegate.audit.models import AuditEvent, ChainHead


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a chain: where, and what it means."""

    tenant_id: uuid.UUID
    sequence: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of one chain: how many events, the last hash, and every fault found."""

    tenant_id: uuid.UUID
    events: int
    last_hash: str
    faults: tuple[Fault, ...]


def chain_ids() -> list[uuid.UUID]:
    """Every tenant that has a chain or events, also where one of the two was removed."""
    heads = set(ChainHead.objects.values_list("tenant_id", flat=True))
    events = set(AuditEvent.objects.across_tenants().values_list("tenant_id", flat=True).distinct())
    return sorted(heads | events)


def verify_chain(tenant_id: uuid.UUID, *, anchors: Mapping[int, str] | None = None) -> Verdict:
    """Check one chain. `anchors` are hashes kept elsewhere, by sequence: they must still stand."""
    faults: list[Fault] = []
    count, expected, last = 0, 1, first_hash(tenant_id)
    events = AuditEvent.objects.of_tenant(tenant_id).order_by("sequence")
    missing_anchors = dict(anchors or {})
    for event in events.iterator(chunk_size=1000):
        faults += (Fault(tenant_id, event.sequence, what) for what in _check(event, expected, last))
        if missing_anchors.pop(event.sequence, event.hash) != event.hash:
            faults.append(Fault(tenant_id, event.sequence, "is not the event that was anchored"))
        count, expected, last = count + 1, event.sequence + 1, event.hash
    faults += (Fault(tenant_id, at, "was anchored and is gone") for at in missing_anchors)
    faults += _check_head(tenant_id, expected - 1, last)
    return Verdict(tenant_id, count, last, tuple(faults))


def _check(event: AuditEvent, expected: int, last: str) -> Iterator[str]:
    if event.sequence != expected:
        yield f"follows event {expected - 1}: what stood between was removed"
    if event.previous_hash != last:
        yield "does not continue the event before it: removed, inserted or reordered"
    if event.hash != hash_event(event):
        yield "was edited"
    elif not is_sealed(event.hash, event.seal):
        yield "was not written by this installation"


def _check_head(tenant_id: uuid.UUID, sequence: int, last: str) -> Iterator[Fault]:
    head = ChainHead.objects.filter(tenant_id=tenant_id).first()
    if head is None:
        yield Fault(tenant_id, sequence, "the head of the chain was removed")
    elif (head.sequence, head.hash) != (sequence, last):
        yield Fault(tenant_id, head.sequence, "the end of the chain was removed or replaced")
