"""The server that takes this installation's mails: what was set on a page, else what the environment says."""

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


def find_mail_server() -> SmtpServer | None:
    """The server; None where mails are kept as files."""
    row = MailServer.objects.filter(id=1).first()
    if row is None or not row.host:
        return read_smtp_url(settings.SMTP_URL)
    password = unseal(row.sealed_password, PASSWORD) if row.sealed_password else ""
    return SmtpServer(row.host, row.port, Security(row.security), row.user_name, password)


def find_mail_sender() -> str:
    """From whom mails are."""
    own = MailServer.objects.filter(id=1).exclude(host="").values_list("mail_from", flat=True).first()
    return own or settings.DEFAULT_FROM_EMAIL


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
    """The server took a mail. One statement, and only the first time after a fault one that writes."""
    failing = MailServer.objects.filter(id=1, failures__gt=0)
    if failing.exists():
        failing.update(failures=0, failing_since=None, try_at=None, last_answer="")
