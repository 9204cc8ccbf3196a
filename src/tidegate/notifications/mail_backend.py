"""Django's way to mail, over the same server as everything else: for mails that somebody waits for.

A sign-up's code, a new password, an invitation: whoever asked is told at once whether the server took it.
"""

import smtplib
from collections.abc import Sequence
from email.policy import SMTP
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from tidegate.connectors.channels.email.composing import bare_address
from tidegate.connectors.channels.email.session import SmtpSession
from tidegate.connectors.channels.undelivered import Undelivered
from tidegate.notifications.carriers.mail import keep_file
from tidegate.notifications.mail_server import find_post


class PortalBackend(BaseEmailBackend):
    """Hands each message over at once. Raises smtplib.SMTPException when it is not taken."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hand messages over; gives how many were."""
        post = find_post()
        session = SmtpSession(post.server) if post.server else None
        try:
            for message in email_messages:
                _send(session, message, post.sender)
        except Undelivered as error:
            if not self.fail_silently:
                raise smtplib.SMTPException(error.message) from error
        finally:
            if session is not None:
                session.quit()
        return len(email_messages)


def _send(session: SmtpSession | None, message: EmailMessage, sender: str) -> None:
    content = message.message(policy=SMTP).as_bytes()
    if session is None:
        keep_file(f"{uuid4()}@", content)
        return
    sender = bare_address(message.from_email or sender)
    for recipient in message.recipients():
        session.send(sender, bare_address(recipient), content)
