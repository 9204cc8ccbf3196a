"""Feeds: who fetches what and how far they have come, here and elsewhere; and sending one back."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, import_all
from tests.siem.programs import Speaker, full_alert, read, speak
from tests.web.conftest import Visitor, text_of
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.service_principals import disable_principal
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Grant
from tidegate.feeds.models import Consumer

type Visit = Callable[..., Visitor]

LATE = NOW + timedelta(minutes=20)


@pytest.fixture
def siem(cast: Cast) -> Iterator[Speaker]:
    """The provider's program fetched at `NOW`; an alert came in a minute later; it is twenty past."""
    speaker = speak(cast, Resource.SIEM)
    read(speaker.get("/api/alerts"))
    with standing_at(NOW + timedelta(minutes=1)):
        import_all(cast.customer, [full_alert()])
    with standing_at(LATE):
        yield speaker


def consumer(cast: Cast) -> Consumer:
    return Consumer.objects.of_tenant(cast.customer.id).get()


def test_how_far_behind_is_said_in_words(visit: Visit, cast: Cast, siem: Speaker) -> None:
    page = text_of(visit("admin").get("/feeds"))
    assert "1 is behind" in page
    assert "Harbour SIEM Alerts, SIEM API 19 minutes behind" in page
    shown = text_of(visit("admin").get(f"/feeds/{consumer(cast).id}"))
    assert "Waiting 1 oldest of" in shown
    assert "None: it has never passed anything over." in shown
    read(siem.get("/api/alerts"))
    assert "Up to date" in text_of(visit("admin").get("/feeds"))


@pytest.mark.usefixtures("siem")
def test_provider_sees_its_own_applications_in_every_tenant(visit: Visit, cast: Cast) -> None:
    boss = visit("boss", cast.provider)
    elsewhere = boss.get("/feeds", of="ours")
    assert "Harbour SIEM Alerts, SIEM API Delta Mills 19 minutes behind" in text_of(elsewhere)
    assert "No application has fetched from Harbour Watch yet." in text_of(boss.get("/feeds"))
    for name, tenant in (("outsider", cast.other), ("admin", cast.customer)):
        assert "Harbour SIEM" not in text_of(visit(name, tenant).get("/feeds", of="ours"))
    Grant.rows.filter(tenant=cast.customer).update(ends_at=NOW)
    assert "Harbour SIEM" not in text_of(boss.get("/feeds", of="ours"))


@pytest.mark.usefixtures("siem")
def test_what_is_kept_out_there_is_not_shown_to_its_home(visit: Visit, cast: Cast) -> None:
    principal = find_principal(cast.customer.id, consumer(cast).client_id)
    assert principal is not None
    disable_principal(cast.enter("admin"), principal.id)
    assert "Harbour SIEM" not in text_of(visit("boss", cast.provider).get("/feeds", of="ours"))


@pytest.mark.usefixtures("siem")
@pytest.mark.parametrize(
    ("name", "sees", "changes"),
    [
        ("reader", 200, 403),
        ("member", 403, 403),
        ("analyst", 403, 403),
        ("outsider", 404, 404),
        ("boss", 404, 404),
    ],
)
def test_feeds_are_for_who_reads_applications(
    visit: Visit, cast: Cast, name: str, sees: int, changes: int
) -> None:
    visitor, one = visit(name), f"/feeds/{consumer(cast).id}"
    assert {visitor.get("/feeds").status_code, visitor.get(one).status_code} == {sees}
    for end in ("/replay", "/replay/cancel"):
        assert visitor.post(f"{one}{end}", {"from": "2026-03-10T08:00"}).status_code == changes
    assert consumer(cast).replay_from is None


@pytest.mark.usefixtures("siem")
def test_feed_of_another_tenant_is_not_there(visit: Visit, cast: Cast) -> None:
    outsider, one = visit("outsider", cast.other), f"/feeds/{consumer(cast).id}"
    assert outsider.get(one).status_code == 404
    for end in ("/replay", "/replay/cancel"):
        assert outsider.post(f"{one}{end}", {"from": "2026-03-10T08:00"}).status_code == 404


@pytest.mark.usefixtures("siem")
def test_consumer_is_sent_back_and_let_go_on(visit: Visit, cast: Cast) -> None:
    admin, one = visit("admin"), f"/feeds/{consumer(cast).id}"
    asked = text_of(admin.get(f"{one}/replay"))
    assert "The next fetch of Harbour SIEM gives everything of Delta Mills from this instant on" in asked
    admin.post(f"{one}/replay", {"from": "2026-03-09T08:00"})
    assert "Sent back by Admin" in text_of(admin.get(one))
    assert "sent back" in text_of(admin.get("/feeds"))
    admin.post(f"{one}/replay/cancel")
    assert consumer(cast).replay_from is None
    for wrong in ({"from": ""}, {"from": "soon"}, {"from": "2030-01-01T00:00"}):
        assert admin.post(f"{one}/replay", wrong).status_code == 400


def test_guest_sees_this_tenants_feeds_only_and_is_seen(visit: Visit, cast: Cast, siem: Speaker) -> None:
    assign_role(cast.enter("admin"), cast.role("Security Reader").id, user_id=cast.user("lead").id)
    lead = visit("lead")
    assert "Ours elsewhere" not in text_of(lead.get("/feeds"))
    assert lead.get("/feeds", of="ours").status_code == 403
    assert lead.get("/feeds", of="everything").status_code == 400
    rows = visit("admin").get("/audit", tag="feeds.").context["rows"]
    assert {row.event.actor_name for row in rows} == {"Lead"}


def test_statements_do_not_grow_with_feeds(visit: Visit, cast: Cast, siem: Speaker) -> None:
    admin, boss = visit("admin"), visit("boss", cast.provider)
    pages: tuple[tuple[Visitor, dict[str, str]], ...] = ((admin, {}), (boss, {"of": "ours"}))
    counts = []
    for _round in range(2):
        for visitor, asked in pages:
            visitor.get("/feeds", **asked)
            with CaptureQueriesContext(connection) as statements:
                visitor.get("/feeds", **asked)
            counts.append(len(statements))
        graph = speak(cast, Resource.GRAPH, "SecurityIncident.Read.All", program=siem.program)
        read(graph.get("/v1.0/security/incidents"))
        read(speak(cast, Resource.DEFENDER_XDR, program=siem.program).get("/api/incidents"))
    assert Consumer.objects.of_tenant(cast.customer.id).count() == 3
    assert counts[:2] == counts[2:]
