"""Every event once, in order, and with what follows from it or not at all."""

import threading
import uuid
from collections.abc import Sequence

import pytest
from django.db import connection

from tidegate.audit.actions import append
from tidegate.audit.models import AuditEvent, ReaderPosition
from tidegate.audit.outbox import EVENTS_AT_ONCE, begin_now, read_outbox
from tidegate.authorization.scope import OPERATOR
from tidegate.core.worker import Job, run_pending

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


class Seen:
    """A reader that keeps what it was given."""

    def __init__(self) -> None:
        self.tags: list[tuple[uuid.UUID, str]] = []

    def __call__(self, tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> None:
        self.tags += [(tenant_id, event.tag) for event in events]


def read_all(reader: str, seen: Seen) -> None:
    run_pending([Job(reader, lambda: read_outbox(reader, seen))])


@pytest.mark.django_db
def test_each_reader_gets_each_event_once_in_order() -> None:
    first, second = Seen(), Seen()
    append(ONE, OPERATOR, "a")
    read_all("first", first)
    append(ONE, OPERATOR, "b")
    append(OTHER, OPERATOR, "c")
    for seen, name in ((first, "first"), (second, "second"), (first, "first")):
        read_all(name, seen)

    assert [tag for tenant, tag in first.tags if tenant == ONE] == ["a", "b"]
    assert sorted(first.tags) == sorted(second.tags)
    assert len(first.tags) == 3


@pytest.mark.django_db
def test_more_events_than_fit_at_once_are_all_read() -> None:
    for number in range(EVENTS_AT_ONCE + 1):
        append(ONE, OPERATOR, f"n.{number}")
    seen = Seen()
    read_all("reader", seen)
    assert [tag for _, tag in seen.tags] == [f"n.{number}" for number in range(EVENTS_AT_ONCE + 1)]


@pytest.mark.django_db
def test_what_fails_is_undone_and_given_again() -> None:
    append(ONE, OPERATOR, "a")

    def fail(tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> None:
        append(OTHER, OPERATOR, "followed")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        read_outbox("reader", fail)
    assert not AuditEvent.objects.across_tenants().filter(tag="followed").exists()

    seen = Seen()
    read_all("reader", seen)
    assert seen.tags == [(ONE, "a")]


@pytest.mark.django_db
def test_one_tenants_fault_holds_up_no_other() -> None:
    append(ONE, OPERATOR, "a")
    append(OTHER, OPERATOR, "b")
    seen = Seen()

    def fail_for_one(tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> None:
        if tenant_id == ONE:
            raise RuntimeError
        seen(tenant_id, events)

    with pytest.raises(RuntimeError):
        read_outbox("reader", fail_for_one)
    assert seen.tags == [(OTHER, "b")]


@pytest.mark.django_db
def test_a_new_reader_begins_with_what_happens_from_now_on() -> None:
    append(ONE, OPERATOR, "before")
    begin_now("reader")
    append(ONE, OPERATOR, "after")
    append(OTHER, OPERATOR, "elsewhere")
    seen = Seen()
    read_all("reader", seen)
    assert sorted(seen.tags) == sorted([(ONE, "after"), (OTHER, "elsewhere")])


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_read_nothing_twice() -> None:
    tenants = [uuid.uuid4() for _ in range(3)]
    for number in range(30):
        append(tenants[number % 3], OPERATOR, f"n.{number}")
    seen, begin = Seen(), threading.Barrier(3)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            begin.wait(10)
            read_all("reader", seen)
        except BaseException as error:  # noqa: BLE001  it is reported by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert len(seen.tags) == len(set(seen.tags)) == 30
    assert ReaderPosition.objects.count() == 3
