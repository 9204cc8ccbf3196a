"""Where notifications go: channels, rotas, suppressed addresses, the mail server; and leaving by a link."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.ruling import READER, let_manage_settings, make_rule, work
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.notifications.actions.channels import create_webhook
from tidegate.notifications.actions.deliveries import suppress_recipient
from tidegate.notifications.actions.rotas import create_rota
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Channel, Delivery, MailServer, OnCallRota, SuppressedRecipient
from tidegate.notifications.unsubscribing import unsubscribe_url

type Visiting = Callable[..., Visitor]

HOOK = "https://203.0.113.7/in"
SHIFT = {
    "shifts-TOTAL_FORMS": "1",
    "shifts-INITIAL_FORMS": "0",
    "shifts-0-weekday": "1",
    "shifts-0-starts": "08:00",
    "shifts-0-ends": "18:00",
    "shifts-0-email": "ada@customer.example",
}
SERVER = {"host": "127.0.0.1", "port": "1", "security": "none", "mail_from": "p@host.example"}


@pytest.fixture(autouse=True)
def _may_reach(settings: Settings) -> None:
    settings.OUTBOUND_ALLOWED = ["203.0.113.7"]


def test_webhook_is_made_with_a_secret_that_is_shown_once(visit: Visiting, cast: Cast) -> None:
    admin = visit("admin")
    made = admin.post("/notifications/channels/webhook", {"display_name": "Hook", "address": HOOK})
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.content.decode())
    assert secret is not None
    assert "no-store" in made.headers["Cache-Control"]
    channel = Channel.objects.of_tenant(cast.customer.id).get()
    listed = admin.get("/notifications/channels")
    assert "Hook Active Webhook 203.0.113.7" in text_of(listed)
    assert HOOK not in listed.content.decode()
    assert secret.group() not in listed.content.decode()

    one = f"/notifications/channels/{channel.id}"
    again = admin.post(f"{one}/secret", {"overlap": "24"})
    assert secret.group() not in again.content.decode()
    assert "The old one signs beside it until" in text_of(again)
    admin.post(f"{one}/pause")
    assert "Hook Paused" in text_of(admin.get("/notifications/channels"))
    admin.post(f"{one}/resume")
    admin.post(f"{one}/edit", {"display_name": "Hook 2", "address": ""})
    assert "from Delta Mills" in text_of(admin.get(f"{one}/remove"))
    admin.post(f"{one}/remove")
    assert not Channel.objects.of_tenant(cast.customer.id).exists()


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("webhook", "https://user:word@203.0.113.7/in"),
        ("webhook", "http://198.51.100.1/in"),
        ("webhook", "file:///etc/passwd"),
        ("chat", "https://hooks.example/whatever"),
        ("chat", ""),
    ],
)
def test_channel_to_where_nobody_may_reach_is_refused(
    visit: Visiting, cast: Cast, page: str, address: str
) -> None:
    typed = {"display_name": "Hook", "address": address}
    assert visit("admin").post(f"/notifications/channels/{page}", typed).status_code == 400
    assert not Channel.objects.of_tenant(cast.customer.id).exists()


def test_rota_says_who_is_on_call(visit: Visiting, cast: Cast) -> None:
    admin = visit("admin")
    typed = {"display_name": "Day", "time_zone": "Europe/Amsterdam", **SHIFT}
    admin.post("/notifications/rotas/create", typed)
    # The cast's instant is a Tuesday, at ten in Amsterdam.
    assert "Day ada@customer.example 1 weekly shift" in text_of(admin.get("/notifications/rotas"))
    rota = OnCallRota.objects.of_tenant(cast.customer.id).get()
    one = f"/notifications/rotas/{rota.id}"
    assert b'value="ada@customer.example"' in admin.get(f"{one}/edit").content
    kept = {"shifts-INITIAL_FORMS": "1", "shifts-0-weekday": "2"}
    admin.post(f"{one}/edit", {**typed, **kept})
    assert "Day Nobody" in text_of(admin.get("/notifications/rotas"))
    admin.post(f"{one}/remove")
    assert not OnCallRota.objects.of_tenant(cast.customer.id).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"shifts-0-email": ""},
        {"shifts-0-email": "ada"},
        {"shifts-0-weekday": "9"},
        {"shifts-0-starts": "25:00"},
        {"shifts-TOTAL_FORMS": "x"},
        {"time_zone": "Mars"},
        {"calendar_address": "https://203.0.113.7/on-call.ics"},
        {"shifts-0-email": "", "calendar_address": "http://198.51.100.1/on-call.ics"},
    ],
)
def test_wrong_rota_is_refused(visit: Visiting, cast: Cast, wrong: dict[str, str]) -> None:
    typed = {"display_name": "Day", "time_zone": "UTC", **SHIFT, **wrong}
    assert visit("admin").post("/notifications/rotas/create", typed).status_code == 400
    assert not OnCallRota.objects.of_tenant(cast.customer.id).exists()


def test_calendar_of_a_rota_is_kept_and_not_shown(visit: Visiting, cast: Cast) -> None:
    admin, address = visit("admin"), "https://203.0.113.7/on-call-8461.ics"
    without = {**SHIFT, "shifts-0-email": ""}
    typed = {"display_name": "Day", "time_zone": "UTC", **without, "calendar_address": address}
    admin.post("/notifications/rotas/create", typed)
    rota = OnCallRota.objects.of_tenant(cast.customer.id).get()
    page = admin.get(f"/notifications/rotas/{rota.id}/edit")
    assert "A calendar's address is kept" in page.content.decode().replace("&#x27;", "'")
    assert "8461" not in page.content.decode()
    admin.post(f"/notifications/rotas/{rota.id}/fetch")
    admin.post(f"/notifications/rotas/{rota.id}/edit", {**typed, "calendar_address": "", "display_name": "D"})
    assert OnCallRota.objects.of_tenant(cast.customer.id).get().sealed_calendar_address != ""


def test_suppressed_address_is_released(visit: Visiting, cast: Cast) -> None:
    admin = visit("admin")
    admin.post("/notifications/suppressed", {"email": "Ada@customer.example"})
    admin.post("/notifications/suppressed", {"email": "nobody"})
    row = SuppressedRecipient.objects.of_tenant(cast.customer.id).get()
    assert "ada@customer.example Somebody suppressed them every rule" in text_of(
        admin.get("/notifications/suppressed")
    )
    outsider = visit("outsider", cast.other)
    assert outsider.post(f"/notifications/suppressed/{row.id}/release").status_code == 404
    admin.post(f"/notifications/suppressed/{row.id}/release")
    assert not SuppressedRecipient.objects.of_tenant(cast.customer.id).exists()


def test_delivery_is_sent_again_and_found_by_its_state(visit: Visiting, cast: Cast) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert()])
    work()
    admin, [sent] = visit("admin"), Delivery.objects.of_tenant(cast.customer.id)
    assert "soc@customer.example Mail · Delta Mills Sent Everything A notification" in text_of(
        admin.get("/notifications/deliveries", state="sent")
    )
    assert "soc@" not in text_of(admin.get("/notifications/deliveries", state="failed"))
    outsider = visit("outsider", cast.other)
    assert outsider.post(f"/notifications/deliveries/{sent.id}/resend").status_code == 404
    admin.post(f"/notifications/deliveries/{sent.id}/resend")
    assert Delivery.objects.of_tenant(cast.customer.id).filter(resent_from_id=sent.id).count() == 1
    for wrong in ({"state": "lost"}, {"rule": "x"}, {"cursor": "x"}):
        assert admin.get("/notifications/deliveries", **wrong).status_code == 400


@pytest.mark.parametrize(("name", "status"), [("member", 403), ("analyst", 403), ("outsider", 404)])
def test_what_hangs_on_rules_is_for_who_manages_them(
    visit: Visiting, cast: Cast, name: str, status: int
) -> None:
    scope, visitor = cast.enter("admin"), visit(name)
    channel, _secret = create_webhook(scope, display_name="Hook", address=HOOK)
    address = "https://203.0.113.7/x.ics"
    rota = create_rota(scope, display_name="Day", time_zone="UTC", calendar_address=address)
    gone = suppress_recipient(scope, READER)
    make_rule(scope, recipients=[RecipientDraft(channel_id=channel.id)])
    ends = [f"channels/{channel.id}/{end}" for end in ("edit", "secret", "pause", "resume", "remove")]
    ends += [f"rotas/{rota.id}/{end}" for end in ("edit", "fetch", "remove")]
    ends += [f"suppressed/{gone.id}/release", "suppressed"]
    found = {end: visitor.post(f"/notifications/{end}", {"email": "x@y.example"}).status_code for end in ends}
    assert found == dict.fromkeys(ends, status)


def test_link_of_a_mail_asks_before_it_stops_them_and_programs_need_not(
    cast: Cast, plain_static: None
) -> None:
    rule = make_rule(cast.enter("admin"))
    path = unsubscribe_url(rule, READER).removeprefix("http://testserver")
    path = path[path.index("/notifications/") :]
    reader = Client(enforce_csrf_checks=True)
    asked = reader.get(path)
    assert (asked.status_code, asked.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert "Mails of one notification rule to soc@customer.example stop" in text_of(asked)
    assert not {"Everything", "Delta Mills"} & set(re.findall("Everything|Delta Mills", text_of(asked)))
    assert not SuppressedRecipient.objects.of_tenant(cast.customer.id).exists()
    for _time in range(2):
        done = reader.post(
            path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert "soc@customer.example gets no more mails" in text_of(done)
    assert SuppressedRecipient.objects.of_tenant(cast.customer.id).get().reason == "unsubscribed"
    for forged in (path[:-1], "/notifications/unsubscribe/x:y:z"):
        assert {reader.get(forged).status_code, reader.post(forged).status_code} == {404}


def test_mail_server_is_the_operators_page(visit: Visiting, cast: Cast, settings: Settings) -> None:
    admin = visit("admin")
    assert admin.get("/notifications/mail-server").status_code == 404
    settings.OPERATOR_TENANT = str(cast.customer.id)
    assert "Mail server" in text_of(admin.get("/notifications"))
    let_manage_settings(cast, "lead")
    assert "Mail server" not in text_of(visit("lead").get("/notifications"))
    for name, tenant, status in (
        ("member", None, 403),
        ("outsider", None, 404),
        ("outsider", cast.other, 404),
    ):
        visitor = visit(name, tenant)
        for end in ("", "/check", "/clear"):
            assert visitor.post(f"/notifications/mail-server{end}", SERVER).status_code == status

    checked = admin.post("/notifications/mail-server", {**SERVER, "check": "1"})
    assert "That did not work." in text_of(checked)
    assert not MailServer.objects.exists()
    admin.post("/notifications/mail-server", {**SERVER, "user_name": "me", "password": "s3cret"})
    page = admin.get("/notifications/mail-server")
    assert "In use 127.0.0.1 :1 set on this page" in text_of(page)
    assert "s3cret" not in page.content.decode()
    refused = admin.post("/notifications/mail-server", {**SERVER, "host": "mail.evil.example"})
    assert "must be given again for another server" in text_of(refused)
    admin.post("/notifications/mail-server/clear")
    assert MailServer.objects.get().host == ""


def test_customer_sees_what_was_told_elsewhere(visit: Visiting, cast: Cast) -> None:
    let_manage_settings(cast, "lead", cast.provider)
    make_rule(cast.enter("lead", cast.provider), reach="all")
    with standing_at(NOW + timedelta(minutes=1)):
        import_all(cast.customer, [graph_alert()])
        work()
        page = text_of(visit("admin").get("/notifications/elsewhere"))
        assert "Medium Odd sign-in" in page
        assert cast.provider.display_name not in page
        assert visit("analyst").get("/notifications/elsewhere").status_code == 403
        assert "Odd sign-in" not in text_of(visit("outsider", cast.other).get("/notifications/elsewhere"))


def test_statements_do_not_grow_with_channels(visit: Visiting, cast: Cast) -> None:
    scope, admin = cast.enter("admin"), visit("admin")
    counts: list[int] = []
    admin.get("/notifications/channels")
    for number in range(3):
        create_webhook(scope, display_name=f"Hook {number}", address=HOOK)
        suppress_recipient(scope, f"a{number}@customer.example")
        if number in {0, 2}:
            for page in ("channels", "suppressed"):
                with CaptureQueriesContext(connection) as asked:
                    admin.get(f"/notifications/{page}")
                counts.append(len(asked))
    assert counts[:2] == counts[2:]
