"""Read a tenant's chain from its first event and say where it was tampered with."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tidegate.audit.chain import first_hash, hash_event, is_sealed, seal_head
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
    """Check one chain, also while events are added to it.

    `anchors` are hashes kept elsewhere, by sequence: they must still stand.
    """
    reading = _Reading(tenant_id, first_hash(tenant_id), dict(anchors or {}))
    head = None
    # The head is read after the events: one that is ahead of them leads to events added meanwhile.
    while reading.read_on():
        head = ChainHead.objects.filter(tenant_id=tenant_id).first()
        if head is None or head.sequence <= reading.sequence:
            break
    else:
        head = head or ChainHead.objects.filter(tenant_id=tenant_id).first()
    gone = (Fault(tenant_id, at, "was anchored and is gone") for at in reading.anchors)
    faults = (*reading.faults, *gone, *_check_head(head, reading))
    return Verdict(tenant_id, reading.count, reading.last, faults)


@dataclass(slots=True)
class _Reading:
    """How far a chain was read: the last event's sequence and hash, and what was wrong so far."""

    tenant_id: uuid.UUID
    last: str
    anchors: dict[int, str]
    sequence: int = 0
    count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def read_on(self) -> bool:
        """Read every event after the last one read; whether there was any."""
        before = self.count
        events = AuditEvent.objects.of_tenant(self.tenant_id).order_by("sequence")
        # The first time without a bound: an event that was put before the first must be seen.
        wanted = events.filter(sequence__gt=self.sequence) if before else events
        for event in wanted.iterator(chunk_size=1000):
            self._take(event)
        return self.count > before

    def _take(self, event: AuditEvent) -> None:
        faults = list(_check(event, self.sequence + 1, self.last))
        if self.anchors.pop(event.sequence, event.hash) != event.hash:
            faults.append("is not the event that was anchored")
        self.faults += (Fault(self.tenant_id, event.sequence, what) for what in faults)
        self.sequence, self.last, self.count = event.sequence, event.hash, self.count + 1


def _check(event: AuditEvent, expected: int, last: str) -> Iterator[str]:
    if event.sequence != expected:
        yield f"follows event {expected - 1}: what stood between was removed"
    if event.previous_hash != last:
        yield "does not continue the event before it: removed, inserted or reordered"
    if event.hash != hash_event(event):
        yield "was edited"
    elif not is_sealed(event.hash, event.seal):
        yield "was not written by this installation"


def _check_head(head: ChainHead | None, reading: _Reading) -> Iterator[Fault]:
    if head is None:
        yield Fault(reading.tenant_id, reading.sequence, "the head of the chain was removed")
    elif (head.sequence, head.hash) != (reading.sequence, reading.last):
        yield Fault(head.tenant_id, head.sequence, "the end of the chain was removed or replaced")
    elif head.seal != seal_head(head.tenant_id, head.sequence, head.hash):
        yield Fault(head.tenant_id, head.sequence, "the head was not written by this installation")
