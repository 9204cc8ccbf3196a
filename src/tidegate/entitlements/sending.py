"""Notices go out, each once: claimed by one worker at a time, tried again later and later, then given up.

A mail server that took a mail whose acceptance was then not kept, because the worker died between the
two, gets it a second time; nothing less than its own cooperation could prevent that.
"""

import logging
import smtplib
from datetime import timedelta
from typing import Final

from django.db import connection, transaction

from tidegate.audit.actions import Target, append
from tidegate.audit.models import Result
from tidegate.authorization.scope import SYSTEM
from tidegate.core import clock
from tidegate.entitlements.actions.lifecycle import NEVER
from tidegate.entitlements.mailing import write_mail
from tidegate.entitlements.models import Notice

_log = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 10
FIRST_PAUSE: Final = timedelta(minutes=2)
LONGEST_PAUSE: Final = timedelta(hours=6)


def send_next_notice() -> bool:
    """Send the next notice that waits; whether there was one."""
    notice = _claim_next()
    if notice is None:
        return False
    if notice.attempts > MOST_ATTEMPTS:
        _give_up(notice)
    elif _send(notice):
        Notice.objects.of_tenant(notice.tenant_id).filter(id=notice.id).update(sent_at=clock.now())
    return True


def _claim_next() -> Notice | None:
    """Claim by counting the attempt and setting the time of the next one, which ends the claim."""
    now = clock.now()
    with transaction.atomic():
        rows = Notice.objects.across_tenants().filter(sent_at__isnull=True, try_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        notice = rows.select_related("tenant").order_by("try_at").first()
        if notice is not None:
            notice.attempts += 1
            notice.try_at = now + _pause_after(notice.attempts)
            notice.save(update_fields=["attempts", "try_at"])
    return notice


def _pause_after(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << (attempts - 1)), LONGEST_PAUSE)


def _send(notice: Notice) -> bool:
    try:
        write_mail(notice).send()
    except (OSError, smtplib.SMTPException):
        _log.warning("The mail of notice %s was not taken.", notice.id, exc_info=True)
        return False
    except Exception:  # noqa: BLE001  whatever it was
        # A notice that cannot be written must not keep those behind it from being sent.
        _log.exception("The mail of notice %s could not be written.", notice.id)
        return False
    return True


def _give_up(notice: Notice) -> None:
    """Keep it unsent, out of the way, and say so where the tenant's administrators read."""
    with transaction.atomic():
        own = Notice.objects.of_tenant(notice.tenant_id).filter(id=notice.id, sent_at__isnull=True)
        own.update(try_at=NEVER)
        target = Target("notice", str(notice.id), notice.email)
        details = {"kind": notice.kind, "attempts": MOST_ATTEMPTS}
        append(notice.tenant_id, SYSTEM, "notice.given_up", target, result=Result.FAILURE, details=details)
