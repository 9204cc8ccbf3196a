"""Many at once: one unbroken chain each. Real transactions, on every engine."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from tidegate.audit.actions import append
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import verify_chain
from tidegate.authorization.scope import OPERATOR

TENANTS = [uuid.uuid4(), uuid.uuid4()]


@pytest.mark.django_db(transaction=True)
def test_threads_that_append_to_one_tenant_make_one_chain() -> None:
    begin = threading.Barrier(4)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            begin.wait(10)
            for number in range(10):
                append(TENANTS[number % 2], OPERATOR, "alert.read", details={"number": number})
        except BaseException as error:  # noqa: BLE001  it is reported by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    for tenant_id in TENANTS:
        verdict = verify_chain(tenant_id)
        assert (verdict.events, verdict.faults) == (20, ())


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap() -> None:
    append(TENANTS[0], OPERATOR, "alert.read")
    with transaction.atomic():
        append(TENANTS[0], OPERATOR, "alert.read")
        transaction.set_rollback(True)
    append(TENANTS[0], OPERATOR, "alert.read")
    assert list(AuditEvent.rows.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]
    assert verify_chain(TENANTS[0]).faults == ()
