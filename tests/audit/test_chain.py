"""A chain is whole, or verifying says where it is not."""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tidegate.audit.actions import NOTHING, Target, append, put_aside
from tidegate.audit.chain import hash_event, seal_hash
from tidegate.audit.models import AuditEvent, ChainHead, WaitingEvent
from tidegate.audit.verify import chain_ids, verify_chain
from tidegate.authorization.scope import Actor, ActorKind
from tidegate.core import clock

ONE = uuid.UUID("11111111-1111-4111-8111-111111111111")
OTHER = uuid.UUID("22222222-2222-4222-8222-222222222222")
ANN = Actor(ActorKind.PERSON, "Ann", uuid.uuid4(), "ann@provider.example", ONE, "192.0.2.7", "Tests/1.0")


def fill(tenant_id: uuid.UUID, number: int = 5) -> list[AuditEvent]:
    return [
        append(tenant_id, ANN, "alert.read", Target("alert", f"a{i}"), details={"i": i})
        for i in range(number)
    ]


def events(tenant_id: uuid.UUID = ONE) -> list[AuditEvent]:
    return list(AuditEvent.rows.filter(tenant_id=tenant_id).order_by("sequence"))


def faults(tenant_id: uuid.UUID = ONE, anchors: dict[int, str] | None = None) -> list[tuple[int, str]]:
    return [(fault.sequence, fault.what) for fault in verify_chain(tenant_id, anchors=anchors).faults]


def row(sequence: int):  # type: ignore[no-untyped-def]
    return AuditEvent.rows.filter(tenant_id=ONE, sequence=sequence)


@pytest.mark.django_db
class TestWhole:
    def test_events_are_numbered_and_bound_in_their_order(self) -> None:
        made = fill(ONE)
        assert [event.sequence for event in made] == [1, 2, 3, 4, 5]
        assert [event.previous_hash for event in made[1:]] == [event.hash for event in made[:-1]]
        verdict = verify_chain(ONE)
        assert (verdict.events, verdict.last_hash, verdict.faults) == (5, made[-1].hash, ())

    def test_what_is_read_back_has_the_same_hash(self) -> None:
        odd = Actor(ActorKind.PERSON, "Zoë \0 \ud800", None, "a\0@b", None, "::1\0", "x\0\ud800" * 300)
        target = Target("alert", "\0" * 400, "\ud83d" * 600)
        append(ONE, odd, "alert.read", target, details={"text": "\0 \ud800 é", "at": clock.now(), "id": ONE})
        assert faults() == []

    def test_tenants_have_chains_of_their_own(self) -> None:
        fill(ONE)
        fill(OTHER, 2)
        assert chain_ids() == [ONE, OTHER]
        assert [event.sequence for event in events(OTHER)] == [1, 2]
        assert faults(ONE) == faults(OTHER) == []

    def test_anchors_that_stand_are_no_faults(self) -> None:
        made = fill(ONE)
        assert faults(anchors={event.sequence: event.hash for event in made}) == []

    def test_an_event_added_while_verifying_is_no_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fill(ONE)
        first, waiting = ChainHead.objects.filter, [1, 1]

        def late(**which: object):  # type: ignore[no-untyped-def]
            if waiting:
                waiting.pop()
                monkeypatch.setattr(ChainHead.objects, "filter", first)
                fill(ONE, 2)
                monkeypatch.setattr(ChainHead.objects, "filter", late)
            return first(**which)

        monkeypatch.setattr(ChainHead.objects, "filter", late)
        verdict = verify_chain(ONE)
        assert (verdict.events, verdict.faults) == (9, ())


def rehash(event: AuditEvent, *, seal: bool = False) -> None:
    """What someone does who knows how hashes are made (and, with `seal`, has our key)."""
    event.hash = hash_event(event)
    event.seal = seal_hash(event.hash) if seal else event.seal
    AuditEvent.rows.filter(pk=event.pk).update(
        hash=event.hash, seal=event.seal, previous_hash=event.previous_hash, tag=event.tag
    )


def edit(at: int) -> None:
    row(at).update(actor_name="Somebody else")


def edit_and_rehash(at: int) -> None:
    event = row(at).get()
    event.tag = "nothing.happened"
    rehash(event)


def rewrite_all(at: int) -> None:
    """Change one event and make all later ones, and the head, consistent with it."""
    last = ""
    for event in events()[at - 1 :]:
        if last:
            event.previous_hash = last
        else:
            event.tag = "nothing.happened"
        rehash(event)
        last = event.hash
    ChainHead.objects.filter(tenant_id=ONE).update(hash=last)


def remove(at: int) -> None:
    row(at).delete()


def remove_and_close_up(at: int) -> None:
    row(at).delete()
    for event in events()[at - 1 :]:
        AuditEvent.rows.filter(pk=event.pk).update(sequence=F("sequence") - 1)


def truncate(at: int) -> None:
    AuditEvent.rows.filter(tenant_id=ONE, sequence__gte=at).delete()


def truncate_with_head(at: int) -> None:
    truncate(at)
    left = events()
    last = left[-1].hash if left else ""
    ChainHead.objects.filter(tenant_id=ONE).update(sequence=len(left), hash=last or F("hash"))


def exchange(at: int) -> None:
    a, b = row(at), row(at % 5 + 1)
    one, two = a.values("tag", "details", "target_id").get(), b.values("tag", "details", "target_id").get()
    a.update(**two)
    b.update(**one)


def reorder(at: int) -> None:
    row(at).update(sequence=99)
    row(at % 5 + 1).update(sequence=at)
    row(99).update(sequence=at % 5 + 1)


def insert(at: int) -> None:
    event = row(at).get()
    event.sequence, event.id = 0 if at == 1 else 5 + at, uuid.uuid4()
    event.save(force_insert=True)


def move_time(at: int) -> None:
    row(at).update(at=F("at") + timedelta(microseconds=1))


def unseal(at: int) -> None:
    row(at).update(seal="0" * 64)


def take_from_other(at: int) -> None:
    fill(OTHER)
    row(at).delete()
    AuditEvent.rows.filter(tenant_id=OTHER, sequence=at).update(tenant_id=ONE)


def exchange_chains(at: int) -> None:
    fill(OTHER)
    AuditEvent.rows.filter(tenant_id=ONE).delete()
    AuditEvent.rows.filter(tenant_id=OTHER).update(tenant_id=ONE)
    theirs = ChainHead.objects.get(tenant_id=OTHER)
    ChainHead.objects.filter(tenant_id=ONE).update(hash=theirs.hash, seal=theirs.seal)


def remove_head(at: int) -> None:
    ChainHead.objects.filter(tenant_id=ONE).delete()


def empty(at: int) -> None:
    AuditEvent.rows.filter(tenant_id=ONE).delete()
    ChainHead.objects.filter(tenant_id=ONE).update(sequence=0)


TAMPERING: list[Callable[[int], None]] = [
    edit, edit_and_rehash, rewrite_all, remove, remove_and_close_up, truncate, truncate_with_head, exchange,
    reorder, insert, move_time, unseal, take_from_other, exchange_chains, remove_head, empty,
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("at", [1, 3, 5])
@pytest.mark.parametrize("tamper", TAMPERING)
def test_tampering_is_found(tamper: Callable[[int], None], at: int) -> None:
    fill(ONE)
    tamper(at)
    assert faults() != []


@pytest.mark.django_db
def test_the_place_of_an_edit_is_named() -> None:
    fill(ONE)
    edit(3)
    assert faults() == [(3, "was edited")]


@pytest.mark.django_db
def test_an_anchor_finds_what_even_the_key_could_hide() -> None:
    anchors = {event.sequence: event.hash for event in fill(ONE)}
    event = row(5).get()
    event.tag = "nothing.happened"
    rehash(event, seal=True)
    row(4).delete()
    found = faults(anchors=anchors)
    assert (5, "is not the event that was anchored") in found
    assert (4, "was anchored and is gone") in found


class TestRandomTampering(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        number=st.integers(1, 6),
        column=st.sampled_from(
            sorted({f.attname for f in AuditEvent._meta.concrete_fields} - {"tenant_id", "sequence"})
        ),
        seed=st.randoms(use_true_random=False),
    )
    def test_any_column_of_any_event_is_covered(self, number: int, column: str, seed: random.Random) -> None:
        fill(ONE, number)
        event = seed.choice(events())
        before = getattr(event, column)
        changed: object = str(before) + "x"
        field = AuditEvent._meta.get_field(column)
        if field.get_internal_type() == "UUIDField":
            changed = uuid.uuid4()
        elif field.get_internal_type() == "DateTimeField":
            changed = before + timedelta(microseconds=seed.choice([-1, 1]))
        elif column in {"hash", "previous_hash", "seal"}:
            changed = before[::-1] if before != before[::-1] else "0" * 64
        elif column in {"result", "actor_kind", "actor_relation"}:
            changed = "x"
        AuditEvent.rows.filter(pk=event.pk).update(**{column: changed})
        assert faults() != []


@pytest.mark.django_db
def test_what_is_put_aside_can_always_be_written() -> None:
    odd = Actor(ActorKind.PERSON, "\0\ud800", None, "\0", None, "\0", "\0")
    put_aside("\0\ud800" * 500, odd, "tenant.entry_refused", details={"page": "\0\ud800"})
    event = WaitingEvent.objects.get()
    assert len(event.asked) == 320
    assert "\0" not in event.asked + event.actor["display_name"] + event.details["page"]


@pytest.mark.django_db
def test_an_event_needs_no_target_and_no_details() -> None:
    event = append(ONE, ANN, "tenant.left", NOTHING)
    assert (event.target_type, event.details) == ("", "{}")
