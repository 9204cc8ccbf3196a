"""What was put aside finds its chain, or nobody's."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tidegate.audit.actions import put_aside
from tidegate.audit.models import AuditEvent, Result, WaitingEvent
from tidegate.audit.verify import verify_chain
from tidegate.gate.jobs import settle_waiting_events

pytestmark = pytest.mark.usefixtures("now")


def last_event(cast: Cast) -> AuditEvent:
    return AuditEvent.rows.filter(tenant_id=cast.customer.id).latest("sequence")


@pytest.mark.parametrize("by", ["id", "domain"])
def test_a_refusal_is_told_to_the_tenant_that_was_asked_for(cast: Cast, by: str) -> None:
    asked = str(cast.customer.id) if by == "id" else "customer.example"
    put_aside(asked, cast.actor("outsider"), "tenant.entry_refused", details={"page": "/incidents"})
    assert settle_waiting_events()
    event = last_event(cast)
    assert (event.tag, event.result, event.actor_email) == (
        "tenant.entry_refused", Result.REFUSED, "outsider@other.example",
    )  # fmt: skip
    assert json.loads(event.details)["page"] == "/incidents"
    assert event.ip_address == "192.0.2.7"
    assert verify_chain(cast.customer.id).faults == ()
    assert not settle_waiting_events()


def test_a_failed_sign_in_is_told_to_the_home_of_the_account(cast: Cast) -> None:
    put_aside(" Member@Customer.example ", cast.actor("stranger"), "account.sign_in_failed")
    settle_waiting_events()
    assert (last_event(cast).tag, last_event(cast).result) == ("account.sign_in_failed", Result.FAILURE)


@pytest.mark.parametrize(
    "asked",
    ["", "nowhere.example", "9b04c7d2-51e8-4c3f-a6f0-2d7714be90aa", "not a tid", "\0", "x" * 1000],
)
def test_what_belongs_to_nobody_is_dropped(cast: Cast, asked: str) -> None:
    before = AuditEvent.rows.count()
    put_aside(asked, cast.actor("outsider"), "tenant.entry_refused")
    put_aside(asked, cast.actor("outsider"), "account.sign_in_failed")
    assert settle_waiting_events()
    assert AuditEvent.rows.count() == before
    assert not WaitingEvent.objects.exists()


def test_putting_aside_costs_one_statement_whatever_is_asked(cast: Cast) -> None:
    actor = cast.actor("outsider")
    for asked in (str(cast.customer.id), str(uuid.uuid4()), "customer.example", "nowhere.example"):
        with CaptureQueriesContext(connection) as queries:
            put_aside(asked, actor, "tenant.entry_refused")
        assert len(queries) == 1


def test_events_settle_in_the_order_in_which_they_happened(cast: Cast) -> None:
    for number in range(3):
        put_aside("customer.example", cast.actor("outsider"), "tenant.entry_refused", details={"n": number})
        put_aside("other.example", cast.actor("analyst"), "tenant.entry_refused", details={"n": number})
    settle_waiting_events()
    for tenant in (cast.customer, cast.other):
        events = AuditEvent.rows.filter(tenant_id=tenant.id, tag="tenant.entry_refused").order_by("sequence")
        assert [json.loads(event.details)["n"] for event in events] == [0, 1, 2]


def test_a_long_queue_is_settled_in_parts(cast: Cast) -> None:
    for _ in range(101):
        put_aside("nowhere.example", cast.actor("outsider"), "tenant.entry_refused")
    assert settle_waiting_events()
    assert WaitingEvent.objects.count() == 1
    assert settle_waiting_events()
    assert not settle_waiting_events()
