"""The installation's mail server is set on a page, checked, or left to the environment again.

It belongs to the installation and not to a tenant: only who manages portal settings in the tenant that the
operator named (TIDEGATE_OPERATOR_TENANT) may see or change it. Where none is named, nobody may.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.connectors.channels.email.composing import bare_address
from tidegate.connectors.channels.email.server import Security, SmtpServer
from tidegate.connectors.channels.email.session import SmtpSession
from tidegate.connectors.channels.undelivered import Undelivered
from tidegate.core import clock
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.core.sealing import seal, unseal
from tidegate.core.text import clean_line
from tidegate.notifications.drafts import clean_email
from tidegate.notifications.mail_server import find_post
from tidegate.notifications.models import MailServer
from tidegate.notifications.sealed import PASSWORD

_PATIENCE = 8.0


@dataclass(frozen=True, slots=True)
class ServerDraft:
    """A server as somebody wishes it. A password of None leaves the one that is kept."""

    host: str
    port: int
    security: str
    mail_from: str
    user_name: str = ""
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What a server said when it was tried."""

    is_good: bool
    answer: str


def require_mail_server(scope: Scope) -> None:
    """Raise Forbidden unless the scope is of the operator's own tenant and may manage its portal settings."""
    operating = str(settings.OPERATOR_TENANT)
    if not operating or str(scope.tenant_id) != operating:
        raise Forbidden("The mail server is the operator's.")
    require(scope, Permission.PORTAL_SETTING_MANAGE)


def set_mail_server(scope: Scope, draft: ServerDraft) -> MailServer:
    """Let mails go through this server from now on, those that wait too. Raises Forbidden, InvalidInput."""
    require_mail_server(scope)
    with transaction.atomic():
        MailServer.objects.bulk_create([MailServer(id=1)], ignore_conflicts=True)
        row = MailServer.objects.select_for_update().get(id=1)
        _fill(row, draft)
        row.changed_at, row.changed_by = clock.now(), scope.actor.display_name[:256]
        _forget_failures(row)
        row.save()
        details = {"host": row.host, "port": row.port, "security": row.security, "from": row.mail_from}
        record(scope, "mail_server.updated", Target("mail_server", "1", row.host), details=details)
    return row


def clear_mail_server(scope: Scope) -> None:
    """Leave it to the environment again which server takes mails. Raises Forbidden."""
    require_mail_server(scope)
    with transaction.atomic():
        row = MailServer.objects.select_for_update().filter(id=1).first()
        if row is not None and row.host:
            target = Target("mail_server", "1", row.host)
            row.host, row.user_name, row.sealed_password, row.mail_from = "", "", "", ""
            _forget_failures(row)
            row.save()
            record(scope, "mail_server.cleared", target)


def check_mail_server(scope: Scope, draft: ServerDraft | None = None) -> Check:
    """Connect to a server and sign in, without a mail; to the one in use if none is given.

    Raises Forbidden, InvalidInput.
    """
    require_mail_server(scope)
    server = _server_of(draft) if draft else find_post().server
    if server is None:
        return Check(is_good=True, answer="Mails are kept as files.")
    try:
        answer = SmtpSession(server).check()
    except Undelivered as error:
        return Check(is_good=False, answer=error.message)
    return Check(is_good=True, answer=answer)


def _server_of(draft: ServerDraft) -> SmtpServer:
    row = MailServer.objects.filter(id=1).first() or MailServer(id=1)
    _fill(row, draft)
    password = unseal(row.sealed_password, PASSWORD) if row.sealed_password else ""
    return SmtpServer(row.host, row.port, Security(row.security), row.user_name, password, _PATIENCE)


def _fill(row: MailServer, draft: ServerDraft) -> None:
    words = [str(known) for known in Security]
    if draft.security not in words:
        raise InvalidInput(fields={"security": f"must be one of: {', '.join(words)}"})
    if not 1 <= draft.port <= 65535:
        raise InvalidInput(fields={"port": "must be from 1 to 65535"})
    host = clean_line(draft.host, "host", longest=253)
    if (
        draft.password is None
        and row.sealed_password
        and (host, draft.user_name) != (row.host, row.user_name)
    ):
        # Else whoever may change the host could have the password sent to one of their own.
        raise InvalidInput(fields={"password": "must be given again for another server or user"})
    row.host, row.port, row.security = host, draft.port, draft.security
    row.user_name = clean_line(draft.user_name, "user_name", longest=256, required=False)
    row.mail_from = clean_line(draft.mail_from, "mail_from", longest=320)
    clean_email(bare_address(row.mail_from), "mail_from")
    if draft.password is not None:
        row.sealed_password = seal(draft.password, PASSWORD) if draft.password else ""


def _forget_failures(row: MailServer) -> None:
    row.failures, row.failing_since, row.try_at, row.last_answer = 0, None, None, ""
