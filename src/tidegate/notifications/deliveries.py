"""Deliveries are made: each with the id that its message will carry, however often it is tried."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from tidegate.core import clock
from tidegate.core.ids import uuid7
from tidegate.core.worker import Bell
from tidegate.notifications.addressing import Addressee
from tidegate.notifications.models import Delivery, NotificationRule
from tidegate.notifications.words import ChannelKind, Purpose

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
CARRIED: Final = (ChannelKind.MAIL, ChannelKind.WEBHOOK, ChannelKind.CHAT)
"""What is sent by the worker. An inbox is part of the portal: what stands there has arrived."""

BELLS: Final = {kind: Bell() for kind in CARRIED}
"""Who sends in this process looks at once when something to send was committed in it."""

_AT_ONCE: Final = 500


def make_deliveries(
    rule: NotificationRule,
    addressees: Iterable[Addressee],
    *,
    notification_id: uuid.UUID | None = None,
    bundle_id: uuid.UUID | None = None,
    part_tenant_id: uuid.UUID | None = None,
    purpose: Purpose = Purpose.NOTIFICATION,
    values: Mapping[str, str] = _NOTHING,
) -> list[Delivery]:
    """One delivery for each addressee that the worker sends to; not written yet."""
    now = clock.now()
    made = []
    for addressee in addressees:
        if addressee.kind not in CARRIED:
            continue
        own_id = uuid7()
        made.append(
            Delivery(
                tenant_id=rule.tenant_id,
                id=own_id,
                rule_id=rule.id,
                notification_id=notification_id,
                bundle_id=bundle_id,
                part_tenant_id=part_tenant_id,
                purpose=purpose,
                values=dict(values),
                kind=addressee.kind,
                channel_id=addressee.channel_id,
                email=addressee.email,
                account=addressee.account,
                message_id=f"{own_id}@{mail_domain()}",
                created_at=now,
                queued_at=now,
                try_at=now,
            )
        )
    return made


def queue_deliveries(made: Collection[Delivery]) -> None:
    """Write deliveries that were made, in the caller's transaction; once it is over they are sent."""
    if made:
        Delivery.objects.bulk_create(made, batch_size=_AT_ONCE)
    for kind in {one.kind for one in made}:
        transaction.on_commit(BELLS[ChannelKind(kind)].ring)


def thread_id(tenant_id: uuid.UUID, incident_id: uuid.UUID) -> str:
    """What all mails about one incident refer to."""
    return f"incident.{incident_id}.{tenant_id}@{mail_domain()}"


def mail_domain() -> str:
    """The right side of our message ids: the portal's own host."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
