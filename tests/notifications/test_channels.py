"""Webhooks and chats: signed, tried again, paused for good, and never to where nobody may reach."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, days, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice
from tests.notifications.receiving import Received, receiving
from tests.notifications.ruling import let_manage_settings, make_rule, work
from tidegate.audit.models import AuditEvent
from tidegate.connectors.channels.chat.requesting import StandIn
from tidegate.connectors.channels.chat.services import SERVICES
from tidegate.connectors.channels.webhook.signing import make_secret, sign
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.notifications.actions.channels import (
    create_chat,
    create_webhook,
    remove_channel,
    resume_channel,
    rotate_secret,
    update_channel,
)
from tidegate.notifications.actions.deliveries import replay_webhook
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Channel, Delivery

pytestmark = pytest.mark.usefixtures("now")

SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


@pytest.fixture
def received(settings: Settings) -> Iterator[Received]:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]
    with receiving() as found:
        yield found


def make_hook(cast: Cast, received: Received, **changes: object) -> tuple[Channel, str]:
    scope = cast.enter("admin")
    channel, secret = create_webhook(scope, display_name="Hook", address=f"{received.url}/in")
    make_rule(scope, recipients=[RecipientDraft(channel_id=channel.id)], **changes)
    return channel, secret


def verify(secret: str, post: tuple[str, dict[str, str], bytes]) -> bool:
    _path, headers, body = post
    wanted = sign([secret], headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    return wanted in headers["webhook-signature"].split(" ")


def test_a_webhook_is_signed_and_says_what_happened(cast: Cast, received: Received) -> None:
    _channel, secret = make_hook(cast, received)
    import_all(cast.customer, [graph_alert()])
    work()
    [post] = received.posts
    assert verify(secret, post)
    assert not verify(make_secret(), post)
    told = json.loads(post[2])
    assert told["type"] == "alert.notified"
    [part] = told["data"]["organizations"]
    assert (part["tenantId"], part["displayName"]) == (str(cast.customer.id), "Delta Mills")
    assert [(one["id"], one["severity"]) for one in part["alerts"]] == [("da1", "medium")]
    assert Delivery.rows.get().last_answer == "HTTP 200"


def test_while_a_secret_is_changed_both_sign(cast: Cast, received: Received) -> None:
    channel, old = make_hook(cast, received)
    _channel, new = rotate_secret(cast.enter("admin"), channel.id)
    import_all(cast.customer, [graph_alert()])
    work()
    with standing_at(NOW + days(1)):
        import_all(cast.customer, [graph_alert(id="b")])
        work()
    assert [(verify(old, post), verify(new, post)) for post in received.posts] == [
        (True, True),
        (False, True),
    ]


def test_a_replay_has_the_old_id_and_a_new_time(cast: Cast, received: Received) -> None:
    make_hook(cast, received)
    import_all(cast.customer, [graph_alert()])
    work()
    with standing_at(NOW + days(9)):
        replay_webhook(cast.enter("admin"), Delivery.rows.get().id)
        work()
    first, second = (headers for _, headers, _ in received.posts)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 9 * 86400


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_what_is_not_taken_is_tried_again_and_not_followed(
    cast: Cast, received: Received, status: int
) -> None:
    make_hook(cast, received)
    received.status, received.headers = status, {"Location": f"{received.url}/elsewhere"}
    received.body = b"x" * 100_000
    import_all(cast.customer, [graph_alert()])
    work()
    assert [path for path, _, _ in received.posts] == ["/in"]
    delivery = Delivery.rows.get()
    assert (delivery.state, delivery.last_answer) == ("waiting", f"HTTP {status}")
    received.status = 204
    with standing_at(delivery.try_at):
        work()
    assert Delivery.rows.get().state == "sent"
    assert Channel.rows.get().failures == 0


def test_a_channel_that_is_gone_is_paused_and_the_owner_is_told(
    cast: Cast, received: Received, office: PostOffice
) -> None:
    channel, _secret = make_hook(cast, received)
    received.status = 410
    import_all(cast.customer, [graph_alert(), graph_alert(id="b")])
    work()
    assert len(received.posts) == 1
    assert Channel.rows.get().paused_because == "HTTP 410"
    assert set(Delivery.rows.filter(kind="webhook").values_list("state", flat=True)) == {"failed"}
    assert office.recipients() == ["admin@customer.example"]
    assert AuditEvent.rows.filter(tag="notification_channel.paused").count() == 1
    received.status = 200
    resume_channel(cast.enter("admin"), channel.id)
    import_all(cast.customer, [graph_alert(id="c")])
    work()
    assert len(received.posts) == 2


def test_a_channel_that_fails_for_days_is_paused(cast: Cast, received: Received, office: PostOffice) -> None:
    make_hook(cast, received)
    received.status = 500
    for day in range(5):
        with standing_at(NOW + days(day)):
            import_all(cast.customer, [graph_alert(id=f"a{day}")])
            work()
    assert Channel.rows.get().paused_at == NOW + days(3)


@pytest.mark.parametrize(
    "address",
    ["http://portal.example/", "ftp://portal.example/", "https://user:secret@portal.example/", "x", ""],
)
def test_an_address_that_is_never_sent_to_makes_no_webhook(cast: Cast, address: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create_webhook(cast.enter("admin"), display_name="Hook", address=address)
    assert list(refusal.value.fields) == ["address"]


INSIDE = ("127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "localhost", "127.1", "[::ffff:10.0.0.1]")


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_makes_no_webhook_unless_the_operator_allows_it(
    cast: Cast, settings: Settings, host: str
) -> None:
    scope, address = cast.enter("admin"), f"https://{host}/latest"
    channel, _secret = create_webhook(scope, display_name="Outside", address="https://hook.example/")
    for attempt in (
        lambda: create_webhook(scope, display_name="Hook", address=address),
        lambda: update_channel(scope, channel.id, display_name="Outside", address=address),
    ):
        with pytest.raises(InvalidInput) as refusal:
            attempt()
        assert dict(refusal.value.fields) == {"address": "must be on the public internet"}
    settings.OUTBOUND_ALLOWED = [host]
    assert create_webhook(scope, display_name="Hook", address=address)[0].address_hint == host.strip("[]")


@pytest.mark.parametrize("host", INSIDE)
def test_a_webhook_reaches_nothing_inside(
    cast: Cast, office: PostOffice, settings: Settings, host: str
) -> None:
    scope = cast.enter("admin")
    settings.OUTBOUND_ALLOWED = [host]
    channel, _secret = create_webhook(scope, display_name="Hook", address=f"https://{host}/latest")
    settings.OUTBOUND_ALLOWED = []
    make_rule(scope, recipients=[RecipientDraft(channel_id=channel.id)])
    import_all(cast.customer, [graph_alert()])
    work()
    delivery = Delivery.rows.get(kind="webhook")
    assert delivery.state == "failed"
    assert "not on the public internet" in delivery.last_answer
    assert Channel.rows.get().paused_at is not None


def test_secrets_and_addresses_are_sealed_and_in_no_event(cast: Cast, received: Received) -> None:
    channel, secret = make_hook(cast, received)
    chat = create_chat(cast.enter("admin"), display_name="Slack", address=SLACK)
    row = Channel.rows.get(id=channel.id)
    kept = f"{row.sealed_secret}{row.sealed_address}{Channel.rows.get(id=chat.id).sealed_address}"
    told = "".join(AuditEvent.rows.values_list("details", flat=True))
    for text in (secret, f"{received.url}/in", "TIiajkdnlazkcOXrIdevi7FQ"):
        assert text not in kept
        assert text not in told
    assert (row.address_hint, chat.address_hint) == ("127.0.0.1", "Slack")


def test_a_channel_is_not_led_elsewhere_by_who_sees_less_than_what_it_carries(
    cast: Cast, received: Received
) -> None:
    channel, _secret = make_hook(cast, received)
    let_manage_settings(cast, "lead")
    scope = cast.enter("admin")
    group = create_device_group(scope, display_name="Mill")
    set_device_group_access(scope, group.id, is_restricted=True, group_ids=[])
    for attempt in (
        lambda: update_channel(
            cast.enter("lead"), channel.id, display_name="Hook", address="https://evil.example/"
        ),
        lambda: rotate_secret(cast.enter("lead"), channel.id),
        lambda: remove_channel(cast.enter("lead"), channel.id),
    ):
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(Conflict):
        remove_channel(scope, channel.id)
    outsider = cast.enter("outsider", cast.other)
    with pytest.raises(NotFound):
        rotate_secret(outsider, channel.id)


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1/x",
        "file:///etc/passwd",
        f"{SLACK}?template=/etc/passwd",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?verify=no",
        "https://portal.example/",
        "mailto://user:pass@host.example",
        "syslog://",
        "",
    ],
)
def test_only_chats_of_the_list_are_spoken_to_and_without_options(cast: Cast, address: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create_chat(cast.enter("admin"), display_name="Chat", address=address)
    assert list(refusal.value.fields) == ["address"]


def test_a_chat_is_told_over_our_own_client_and_calls_nobody(
    cast: Cast, received: Received, settings: Settings
) -> None:
    scope = cast.enter("admin")
    host = received.url.removeprefix("http://")
    chat = create_chat(scope, display_name="Chat", address=f"mmost://{host}/3ccdd113474722377935511fc85d3dd4")
    make_rule(scope, recipients=[RecipientDraft(channel_id=chat.id)])
    import_all(cast.customer, [graph_alert(title="<!channel> @all [x](https://evil.example) **b**")])
    work()
    [(path, _headers, body)] = received.posts
    assert path == "/hooks/3ccdd113474722377935511fc85d3dd4"
    text = body.decode()
    assert "Delta Mills" in json.dumps(json.loads(text), ensure_ascii=False)
    for acting in ("<!channel", "@all", "](", "**", "://evil"):
        assert acting not in text
    assert Delivery.rows.get().state == "sent"


def test_a_chat_inside_is_not_reached(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    address = "mmosts://127.0.0.1/3ccdd113474722377935511fc85d3dd4"
    chat = create_chat(scope, display_name="Chat", address=address)
    make_rule(scope, recipients=[RecipientDraft(channel_id=chat.id)])
    import_all(cast.customer, [graph_alert()])
    work()
    delivery = Delivery.rows.get(kind="chat")
    assert delivery.state == "failed"
    assert "not on the public internet" in delivery.last_answer
    assert Channel.rows.get().paused_at is not None


def test_every_chat_of_the_list_speaks_through_our_client_alone() -> None:
    for service in SERVICES:
        module = sys.modules[service.plugin.__module__]
        assert isinstance(vars(module)["requests"], StandIn)
        source = Path(str(module.__file__)).read_text()
        used = set(re.findall(r"\brequests\.(\w+)", source))
        assert used <= {"get", "post", "request", "codes", "RequestException"}
        assert not re.search(
            r"^\s*(import|from) (socket|smtplib|urllib|http|asyncio)\b(?!.parse)", source, re.MULTILINE
        )
