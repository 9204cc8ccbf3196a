"""The server that takes this installation's mails: what was set on a page, else what the environment says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F

from tidegate.connectors.channels.email.server import Security, SmtpServer, read_smtp_url
from tidegate.core import clock
from tidegate.core.sealing import unseal
from tidegate.notifications.models import MailServer
from tidegate.notifications.sealed import PASSWORD

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Post:
    """Where mails go now, and from whom they are; without a server they are kept as files."""

    server: SmtpServer | None
    sender: str
    is_failing: bool = False


def find_post() -> Post:
    """The way that mails go now. One statement."""
    row = MailServer.objects.filter(id=1).first() or MailServer(id=1)
    is_failing = row.failures > 0
    if not row.host:
        return Post(read_smtp_url(settings.SMTP_URL), settings.DEFAULT_FROM_EMAIL, is_failing)
    password = unseal(row.sealed_password, PASSWORD) if row.sealed_password else ""
    server = SmtpServer(row.host, row.port, Security(row.security), row.user_name, password)
    return Post(server, row.mail_from or settings.DEFAULT_FROM_EMAIL, is_failing)


def may_try(now: datetime) -> bool:
    """Whether the server is to be spoken to now; after a fault it is left alone for a while."""
    return not MailServer.objects.filter(id=1, try_at__gt=now).exists()


def note_failure(answer: str) -> datetime:
    """The server took nothing: when it is asked next, a little later each time, two minutes at most."""
    now = clock.now()
    MailServer.objects.bulk_create([MailServer(id=1)], ignore_conflicts=True)
    row = MailServer.objects.get(id=1)
    pause = min(FIRST_PAUSE * (1 << min(row.failures, 10)), LONGEST_PAUSE)
    MailServer.objects.filter(id=1).update(
        failures=F("failures") + 1,
        failing_since=row.failing_since or now,
        try_at=now + pause,
        last_answer=answer,
    )
    return now + pause


def note_success() -> None:
    """The server took a mail."""
    MailServer.objects.filter(id=1).update(failures=0, failing_since=None, try_at=None, last_answer="")
