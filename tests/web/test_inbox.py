"""The inbox and its bell, over all tenants; and the mailbox, which only a demo has."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import GUESTS_END, Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tests.devices.making import make_alerts
from tests.devices.making import rule as device_rule
from tests.notifications.ruling import let_manage_settings, make_rule, work
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import InboxItem

type Visiting = Callable[..., Visitor]


@pytest.fixture
def told(cast: Cast) -> Cast:
    """The lead's inbox holds what happened at the customer, whose guest the lead is."""
    let_manage_settings(cast, "lead")
    lead = RecipientDraft(user_id=cast.user("lead").id)
    make_rule(cast.enter("lead"), recipients=[lead])
    import_all(cast.customer, [graph_alert()])
    work()
    return cast


def bell(visitor: Visitor) -> str:
    page: str = visitor.get("/properties").content.decode()
    start = page.index('<a class="bell"')
    return page[start : page.index("</a>", start)]


def test_inbox_counts_shows_and_opens_in_the_items_own_tenant(visit: Visiting, told: Cast) -> None:
    lead = visit("lead", told.provider)
    assert "Inbox: 1 unread" in bell(lead)
    page = lead.get("/inbox")
    assert "Medium DM Delta Mills" in text_of(page) or "Delta Mills" in text_of(page)
    item = InboxItem.objects.of_tenant(told.customer.id).get()
    assert f"/inbox/{item.id}?tid={told.customer.id}" in page.content.decode()
    opened = visit("lead").get(f"/inbox/{item.id}")
    assert opened.headers["Location"] == f"/alerts/da1?tid={told.customer.id}"
    assert "unread" not in bell(lead)
    assert "You have read everything." in text_of(lead.get("/inbox", show="unread"))
    over_all = Visitor(lead.client, "all").get("/inbox", show="unread")
    assert over_all.headers["Location"] == f"/inbox?tid={told.provider.id}&show=unread"


def test_a_rule_about_incidents_puts_the_incident_there_under_its_own_tenant(
    visit: Visiting, cast: Cast
) -> None:
    let_manage_settings(cast, "lead", cast.provider)
    inbox = RecipientDraft(user_id=cast.user("lead", cast.provider).id)
    for number, once in enumerate((True, False)):
        make_rule(
            cast.enter("lead", cast.provider),
            display_name=f"{number}",
            about="incidents",
            reach="all",
            is_once_per_incident=once,
            recipients=[inbox],
        )
    for name in ("one", "two"):
        import_all(cast.customer, [graph_incident(graph_alert(id=name, title=f"Alert {name}"))])
        import_all(cast.other, [graph_incident(graph_alert(id=name))])
    work()
    lead = visit("lead", cast.provider)
    assert text_of(lead.get("/inbox")).count("Incident 41: Odd sign-ins Alert one") == 2
    assert text_of(lead.get("/inbox")).count("Incident 41: Odd sign-ins Alert two") == 1
    items = list(InboxItem.objects.of_tenant(cast.customer.id))
    assert len(items) == 3
    for item in items:
        opened = lead.get(f"/inbox/{item.id}")
        assert opened.headers["Location"] == f"/incidents/41?tid={cast.customer.id}"
    assert "unread" not in bell(lead)
    assert not InboxItem.objects.of_tenant(cast.other.id).exists()


def test_an_incident_of_a_hidden_device_shows_in_the_inbox_what_its_reader_sees(
    visit: Visiting, cast: Cast
) -> None:
    let_manage_settings(cast, "lead")
    scope = cast.enter("admin")
    group = create_device_group(scope, display_name="Mill", rules=[device_rule("name", "startsWith", "mill")])
    set_device_group_access(scope, group.id, is_restricted=True, group_ids=[])
    make_rule(scope, about="incidents", recipients=[RecipientDraft(user_id=cast.user("lead").id)])
    make_alerts(cast.customer, {"a": ("mill-1",), "b": ("silo-1",)})
    work()
    assert InboxItem.objects.of_tenant(cast.customer.id).count() == 2
    words = text_of(visit("lead").get("/inbox"))
    assert ("Of a" in words, "Of b" in words) == (False, True)


def test_items_are_marked_read_and_unread(visit: Visiting, told: Cast) -> None:
    lead, item = visit("lead"), InboxItem.objects.of_tenant(told.customer.id).get()
    for to, unread in (("read", False), ("unread", True), ("all", False)):
        lead.post("/inbox/mark", {"to": to, "item": [str(item.id)]})
        assert ("unread" in bell(lead)) is unread
    for wrong in ({"to": "eaten"}, {"to": "read", "item": ["x"]}, {}):
        assert lead.post("/inbox/mark", wrong).status_code == 400


def test_inbox_is_its_readers_alone_and_empty_once_access_ended(visit: Visiting, told: Cast) -> None:
    item = InboxItem.objects.of_tenant(told.customer.id).get()
    for name, tenant in (("admin", None), ("outsider", told.other)):
        other = visit(name, tenant)
        assert "Nothing here yet." in text_of(other.get("/inbox"))
        assert other.get(f"/inbox/{item.id}").status_code == 404
        other.post("/inbox/mark", {"to": "read", "item": [str(item.id)]})
    item.refresh_from_db()
    assert item.read_at is None
    with standing_at(GUESTS_END):
        lead = visit("lead", told.provider)
        assert "Nothing here yet." in text_of(lead.get("/inbox"))
        assert lead.get(f"/inbox/{item.id}").status_code == 404
        assert "unread" not in bell(lead)


def test_statements_do_not_grow_with_items(visit: Visiting, told: Cast) -> None:
    lead, counts = visit("lead"), []
    for number in (2, 3):
        lead.get("/inbox")
        with CaptureQueriesContext(connection) as asked:
            lead.get("/inbox")
        counts.append(len(asked))
        import_all(told.customer, [graph_alert(id=f"da{number}")])
        work()
    assert counts[0] == counts[1]


@pytest.fixture
def kept(settings: Settings, tmp_path: Path, cast: Cast) -> Cast:
    settings.TIDEGATE_HOME, settings.SMTP_URL, settings.IS_DEMO = tmp_path, "", True
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert(title="<script>alert(1)</script>")])
    work()
    return cast


def test_demo_shows_its_mails_in_a_sandbox(visit: Visiting, kept: Cast) -> None:
    admin = visit("admin")
    listed = admin.get("/mailbox")
    [mail] = listed.context["mails"]
    assert mail.recipient == "soc@customer.example"
    page = admin.get(f"/mailbox/{mail.name}")
    assert "&lt;script&gt;alert(1)" in page.content.decode()
    assert "<script>alert(1)" not in page.content.decode()
    html = admin.get(f"/mailbox/{mail.name}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "<script>alert(1)" not in html.content.decode()
    for absent in ("nothing.eml", "..", "%2e%2e%2fdatabase"):
        assert admin.get(f"/mailbox/{absent}").status_code == 404


def test_only_a_demo_has_a_mailbox(visit: Visiting, kept: Cast, settings: Settings) -> None:
    admin = visit("admin")
    assert ">Mailbox<" in admin.get("/properties").content.decode()
    [mail] = admin.get("/mailbox").context["mails"]
    for change in ({"IS_DEMO": False}, {"IS_DEMO": True, "SMTP_URL": "smtp://127.0.0.1:1"}):
        for name, value in change.items():
            setattr(settings, name, value)
        ends = ("", f"/{mail.name}", f"/{mail.name}/html")
        assert {admin.get(f"/mailbox{end}").status_code for end in ends} == {404}
        assert ">Mailbox<" not in admin.get("/properties").content.decode()
