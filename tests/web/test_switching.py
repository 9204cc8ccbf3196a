"""The first page in another tenant: what it asks of the database, and what that tenant is told."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.web.conftest import Visitor
from tests.web.queue_pages import bring_in, events_of, some_incident
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import verify_chain
from tidegate.directory.models import User

type SignIn = Callable[..., Visitor]

FIRST_PAGE = 23
"""Statements of a guest's first page in a tenant, with its incidents; none of them for each row."""
_ENDS = ("SAVEPOINT", "RELEASE")


@pytest.fixture
def queue(cast: Cast) -> Cast:
    bring_in(cast, some_incident(41), some_incident(42, severity="low"))
    return cast


@pytest.mark.parametrize("more", [0, 3])
def test_statements_of_the_first_page_in_a_tenant(queue: Cast, visit: SignIn, more: int) -> None:
    bring_in(queue, *(some_incident(50 + number) for number in range(more)))
    analyst = visit("analyst")
    with CaptureQueriesContext(connection) as asked:
        page = analyst.get("/incidents")
    statements = [one["sql"] for one in asked if not one["sql"].startswith(_ENDS)]
    assert len(statements) == FIRST_PAGE, "\n".join(statements)
    assert page.content.decode().count("<tr data-row") == 2 + more


def test_chain_of_a_tenant_is_held_once_for_the_first_page(queue: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")
    with CaptureQueriesContext(connection) as asked:
        analyst.get("/incidents")
    moved = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "audit_chainhead"')]
    assert len(moved) == 1


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("/incidents", "incidents.viewed"),
        ("/incidents/41", "incident.viewed"),
        ("/alerts", "alerts.viewed"),
        ("/devices", "devices.viewed"),
        ("/", "overview.viewed"),
        ("/report", "report.viewed"),
    ],
)
def test_guest_comes_in_and_looks_in_this_order(queue: Cast, visit: SignIn, path: str, tag: str) -> None:
    analyst = visit("analyst")
    analyst.get(path)
    analyst.get(path)

    assert _told(queue)[-3:] == ["tenant.entered", tag, tag]
    user = User.objects.of_tenant(queue.customer.id).get(id=queue.user("analyst").id)
    assert user.last_entered_at == NOW
    assert not verify_chain(queue.customer.id).faults


@pytest.mark.parametrize(
    ("path", "status"),
    [("/incidents?status=nonsense", 400), ("/incidents/4711", 404), ("/report?from=x", 400)],
)
def test_guest_comes_in_where_the_page_is_refused(queue: Cast, visit: SignIn, path: str, status: int) -> None:
    analyst = visit("analyst")
    address, _mark, query = path.partition("?")
    for _time in range(2):
        given = dict([query.split("=")]) if query else {}
        assert analyst.get(address, **given).status_code == status

    assert [tag for tag in _told(queue) if tag == "tenant.entered"] == ["tenant.entered"]


def test_member_comes_in_and_is_not_followed_about(queue: Cast, visit: SignIn) -> None:
    reader = visit("reader")
    reader.get("/incidents")
    reader.get("/incidents")

    assert _told(queue)[-1] == "tenant.entered"
    assert events_of(queue.customer, tag__endswith=".viewed") == []


def test_head_of_a_page_is_an_entry_and_no_view(queue: Cast, visit: SignIn) -> None:
    analyst = visit("analyst")
    analyst.client.head("/incidents", {"tid": analyst.tid})

    assert _told(queue)[-1] == "tenant.entered"


def _told(cast: Cast) -> list[str]:
    events = AuditEvent.objects.of_tenant(cast.customer.id).order_by("sequence")
    return list(events.values_list("tag", flat=True))
