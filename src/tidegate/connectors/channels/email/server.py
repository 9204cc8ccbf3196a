"""Which server takes mails, and how it is spoken to."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

PATIENCE: Final = 15.0
"""Seconds that a server is given for each answer."""


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


SCHEMES: Final = {"smtp": Security.NONE, "smtp+starttls": Security.STARTTLS, "smtps": Security.TLS}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where it listens, and who we are to it. The password is never shown."""

    host: str
    port: int
    security: Security
    user_name: str = ""
    password: str = field(default="", repr=False)
    patience: float = PATIENCE


def read_smtp_url(url: str) -> SmtpServer | None:
    """A server from its address, smtps://user:password@host:port; None for an empty one.

    Raises ValueError for an address of another kind.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError("must be an address like smtps://user:password@host:port")
    security = SCHEMES[parts.scheme]
    port = parts.port or (465 if security is Security.TLS else 587)
    return SmtpServer(
        parts.hostname, port, security, unquote(parts.username or ""), unquote(parts.password or "")
    )
