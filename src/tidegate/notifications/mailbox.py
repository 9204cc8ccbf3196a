"""The mails that were kept as files because there is no mail server: what a trial or a demo shows.

Each person sees the mails that are to an address of their own account; only in a demo, where everybody
is made up, all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from django.conf import settings

from tidegate.authorization.scope import Actor
from tidegate.connectors.channels.email.composing import bare_address
from tidegate.core.errors import NotFound
from tidegate.notifications.mail_server import find_post

SHOWN_AT_MOST: Final = 200
_READ_AT_MOST: Final = 2000
_LARGEST: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail. `name` is its file, by which it is found again; `html` may be shown in a sandbox alone."""

    name: str
    kept_at: datetime
    sender: str
    recipient: str
    subject: str
    text: str
    html: str


def has_mailbox() -> bool:
    """Whether mails are kept as files, so that there is a mailbox to look at."""
    return find_post().server is None


def list_mails(actor: Actor) -> list[KeptMail]:
    """The newest mails that are the actor's to see, newest first."""
    found: list[KeptMail] = []
    for path in _newest_files():
        mail = _read(path)
        if mail is not None and _may_see(actor, mail):
            found.append(mail)
            if len(found) == SHOWN_AT_MOST:
                break
    return found


def get_mail(actor: Actor, name: str) -> KeptMail:
    """One of them. Raises NotFound."""
    path = next((path for path in _newest_files() if path.name == name), None)
    mail = _read(path) if path else None
    if mail is None or not _may_see(actor, mail):
        raise NotFound("There is no such mail.")
    return mail


def _may_see(actor: Actor, mail: KeptMail) -> bool:
    return settings.IS_DEMO or (bool(actor.email) and mail.recipient == actor.email.lower())


def _newest_files() -> Iterator[Path]:
    if not has_mailbox():
        return
    folder = Path(settings.TIDEGATE_HOME) / "mail"
    dated = [(path.stat().st_mtime, path) for path in folder.glob("*.eml")]
    yield from (path for _at, path in sorted(dated, reverse=True)[:_READ_AT_MOST])


def _read(path: Path) -> KeptMail | None:
    try:
        with path.open("rb") as file:
            message = message_from_bytes(file.read(_LARGEST), policy=default)
        kept_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        # It was taken away meanwhile.
        return None
    return KeptMail(
        name=path.name,
        kept_at=kept_at,
        sender=str(message["From"] or ""),
        recipient=bare_address(str(message["To"] or "")).lower(),
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    try:
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
    except (LookupError, UnicodeError):
        return ""
