"""A real SMTP server that does as it is told: takes mails, refuses them, dawdles, hangs up."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

from tidegate.notifications.carriers.mail import end_session

type Answer = Callable[[str], str]


def take(_recipient: str) -> str:
    return "250 Taken"


@dataclass
class PostOffice:
    """What was taken, as it arrived; and what is answered to whom."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    on_recipient: Answer = take
    on_data: Answer = take
    delay: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=policy.default) for _, data in self.taken]

    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    def texts(self) -> list[str]:
        return [text_of(mail) for mail in self.mails()]

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.on_recipient(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.delay:
            time.sleep(self.delay)  # noqa: ASYNC251  the whole server dawdles
        recipient = envelope.rcpt_tos[0]
        answer = self.on_data(recipient)
        if answer.startswith("2"):
            with self.lock:
                self.taken.append((recipient, cast("bytes", envelope.content)))
        return answer


class Running:
    """A post office that is open, at a port of its own that it keeps when it closes and opens again."""

    def __init__(self, port: int = 0) -> None:
        self.office = PostOffice()
        self.port = port
        self._controller: Controller | None = None

    def open(self) -> None:
        controller = Controller(self.office, hostname="127.0.0.1", port=self.port or free_port())
        controller.start()
        self._controller, self.port = controller, controller.port

    def close(self) -> None:
        end_session()
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def posting(settings: Settings) -> Iterator[PostOffice]:
    """A post office for a block; what was queued is sent to it by `work`."""
    running = Running()
    running.open()
    settings.SMTP_URL = running.url
    try:
        yield running.office
    finally:
        running.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return cast("str", part.get_content())
