"""Notices about people's access go the way of everything else: handed over, each once, and delivered.

The room that knows of access keeps a notice in the transaction of what it tells, and says how it reads;
that it arrives is this room's matter. Handing over is one transaction: the notice is noted, its delivery
is there.
"""

from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from tidegate.audit.actions import Target, append
from tidegate.audit.models import Result
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SYSTEM, Scope, require
from tidegate.connectors.channels.email.composing import Mail
from tidegate.core import clock
from tidegate.core.ids import uuid7
from tidegate.entitlements.mailing import link_of, write_mail
from tidegate.entitlements.models import Notice
from tidegate.notifications.deliveries import mail_domain, queue_deliveries
from tidegate.notifications.framing import frame_text
from tidegate.notifications.models import Delivery
from tidegate.notifications.words import ChannelKind, Purpose

_AT_ONCE: Final = 50


def take_over_notices() -> bool:
    """Make deliveries of the next notices that wait; whether there were any."""
    now = clock.now()
    rows = Notice.objects.across_tenants().filter(handed_over_at__isnull=True)
    if not rows.exists():
        return False
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        notices = list(rows.order_by("created_at")[:_AT_ONCE])
        queue_deliveries([_make(notice) for notice in notices])
        taken = Notice.objects.across_tenants().filter(id__in=[notice.id for notice in notices])
        taken.update(handed_over_at=now)
    return bool(notices)


def write_notice(delivery: Delivery, sender: str) -> Mail | None:
    """The mail of a notice; None where the notice is gone."""
    rows = Notice.objects.of_tenant(delivery.tenant_id).select_related("tenant")
    notice = rows.filter(id=delivery.values["notice_id"]).first()
    if notice is None:
        return None
    message = write_mail(notice)
    subject, text = str(message.subject), str(message.body)
    return Mail(
        sender=sender,
        recipient=delivery.email,
        subject=subject,
        text=text,
        html=frame_text(subject, text, link_of(notice), notice.language),
        message_id=delivery.message_id,
        sent_at=clock.now(),
        language=notice.language or "en",
    )


def note_given_up(delivery: Delivery) -> None:
    """A notice that could not be sent is told where the tenant's administrators read."""
    target = Target("notice", str(delivery.values["notice_id"]), delivery.email)
    details = {"kind": delivery.values["kind"], "attempts": delivery.attempts, "answer": delivery.last_answer}
    append(delivery.tenant_id, SYSTEM, "notice.given_up", target, result=Result.FAILURE, details=details)


def list_notice_deliveries(scope: Scope) -> QuerySet[Delivery]:
    """The mails about people's access to the scope's tenant, newest first. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = Delivery.objects.in_scope(scope).filter(purpose=Purpose.NOTICE)
    return rows.order_by("-created_at", "-id")


def _make(notice: Notice) -> Delivery:
    now, own_id = clock.now(), uuid7()
    return Delivery(
        tenant_id=notice.tenant_id,
        id=own_id,
        purpose=Purpose.NOTICE,
        values={"notice_id": str(notice.id), "kind": notice.kind},
        kind=ChannelKind.MAIL,
        email=notice.email,
        message_id=f"{own_id}@{mail_domain()}",
        created_at=now,
        queued_at=now,
        try_at=now,
    )
