"""Receivers that dawdle or never end hold nobody up for longer than they are given, and nothing is lost."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, days, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice
from tests.notifications.ruling import READER, make_rule, work
from tidegate.connectors.channels.email import session, watch
from tidegate.connectors.channels.email.server import Security, SmtpServer
from tidegate.connectors.channels.email.session import SmtpSession
from tidegate.connectors.channels.undelivered import Fault, Undelivered
from tidegate.connectors.channels.webhook import posting
from tidegate.core.clock import standing_at
from tidegate.notifications.actions.channels import create_webhook
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Channel, Delivery

type Behave = Callable[[socket.socket, threading.Event], None]

GIVEN = 0.4


@contextmanager
def behaving(behave: Behave) -> Iterator[int]:
    """A server that treats everybody who connects in one way; its port."""
    over = threading.Event()

    def treat(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            behave(connection, over)

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _address = listener.accept()
                threading.Thread(target=treat, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield int(listener.getsockname()[1])
        over.set()
        listener.shutdown(socket.SHUT_RDWR)


def drip(connection: socket.socket, over: threading.Event) -> None:
    """A byte now and then: no single read ever waits for long."""
    while not over.wait(0.02):
        connection.sendall(b"2")


def answer_without_end(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while not over.is_set():
        connection.sendall(b"x" * 65536)


def test_a_mail_server_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "DEADLINE", GIVEN)
    monkeypatch.setattr(watch, "EVERY", 0.02)
    monkeypatch.setattr(watch, "_watch", watch._Watch())
    with behaving(drip) as port:
        began = time.monotonic()
        with pytest.raises(Undelivered) as failed:
            SmtpSession(SmtpServer("127.0.0.1", port, Security.NONE)).send("a@b.example", READER, b"x")
    assert GIVEN <= time.monotonic() - began < GIVEN + 10
    assert (failed.value.fault, failed.value.is_permanent) == (Fault.CHANNEL, False)


@pytest.mark.usefixtures("now")
def test_a_webhook_that_drips_is_cut_off_tried_later_and_keeps_no_mail_waiting(
    cast: Cast, office: PostOffice, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]
    posting_deadline = posting.DEADLINE
    monkeypatch.setattr(posting, "DEADLINE", GIVEN)
    scope = cast.enter("admin")
    with behaving(drip) as port:
        channel, _secret = create_webhook(scope, display_name="Hook", address=f"http://127.0.0.1:{port}/in")
        recipients = [RecipientDraft(channel_id=channel.id), RecipientDraft(email=READER)]
        make_rule(scope, recipients=recipients)
        import_all(cast.customer, [graph_alert(), graph_alert(id="b")])
        began = time.monotonic()
        work()
    # The second is not tried at a channel that just took nothing.
    assert time.monotonic() - began < posting_deadline
    assert len(office.taken) == 2
    hooks = Delivery.rows.filter(kind="webhook").order_by("attempts")
    assert [(one.state, one.attempts) for one in hooks] == [("waiting", 0), ("waiting", 1)]
    assert Channel.rows.get().failing_since == NOW
    # Nothing listens there any more.
    with standing_at(NOW + days(1)):
        work()
    assert {one.state for one in hooks.all()} == {"waiting"}


@pytest.mark.usefixtures("now")
def test_an_answer_without_end_is_cut(cast: Cast, office: PostOffice, settings: Settings) -> None:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]
    scope = cast.enter("admin")
    with behaving(answer_without_end) as port:
        address = f"http://127.0.0.1:{port}/in"
        channel, _secret = create_webhook(scope, display_name="Hook", address=address)
        make_rule(scope, recipients=[RecipientDraft(channel_id=channel.id)])
        import_all(cast.customer, [graph_alert()])
        began = time.monotonic()
        work()
    assert time.monotonic() - began < posting.DEADLINE
    delivery = Delivery.rows.get()
    assert (delivery.state, delivery.last_answer) == ("sent", "HTTP 200")
