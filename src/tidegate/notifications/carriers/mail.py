"""Mails are handed to the installation's server, many by one connection, or kept as files without one."""

import os
import threading
import time
from pathlib import Path
from typing import Final

from django.conf import settings

from tidegate.connectors.channels.email.composing import Mail, bare_address, compose
from tidegate.connectors.channels.email.server import SmtpServer
from tidegate.connectors.channels.email.session import SmtpSession
from tidegate.connectors.channels.undelivered import Fault, Undelivered

IDLE_AT_MOST: Final = 10.0
_kept: Final = threading.local()


def carry_mail(mail: Mail, server: SmtpServer | None) -> str:
    """Hand a mail over; gives what the server answered. Raises Undelivered."""
    try:
        message = compose(mail)
    except (ValueError, TypeError) as error:
        # An address that no mail can have: the message's own fault, for good.
        raise Undelivered(f"It cannot be written: {error}", fault=Fault.MESSAGE, is_permanent=True) from error
    if server is None:
        return keep_file(mail.message_id, message)
    return _session(server).send(bare_address(mail.sender), mail.recipient, message)


def rest() -> None:
    """End this thread's connection when it has had nothing to do for a while: servers have few to give."""
    session: SmtpSession | None = getattr(_kept, "session", None)
    if session is not None and time.monotonic() - _kept.used_at >= IDLE_AT_MOST:
        end_session()


def end_session() -> None:
    """End this thread's connection."""
    session: SmtpSession | None = getattr(_kept, "session", None)
    if session is not None:
        session.quit()


def keep_file(message_id: str, message: bytes) -> str:
    """Keep a mail as a file, whole or not at all; the same mail again takes its own place."""
    folder = Path(settings.TIDEGATE_HOME) / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(sign for sign in message_id.partition("@")[0] if sign.isalnum() or sign in "-._")
    path = folder / f"{name}.eml"
    begun = folder / f".{name}.{os.getpid()}.{threading.get_ident()}"
    begun.write_bytes(message)
    begun.replace(path)
    return f"kept as {path.name}"


def _session(server: SmtpServer) -> SmtpSession:
    """This thread's connection; a new one when the server was changed."""
    session: SmtpSession | None = getattr(_kept, "session", None)
    if session is None or session.server != server:
        if session is not None:
            session.close()
        session = _kept.session = SmtpSession(server)
    _kept.used_at = time.monotonic()
    return session
