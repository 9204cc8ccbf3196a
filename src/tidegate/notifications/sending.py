"""Deliveries go out: claimed, written from what may be seen at this instant, handed over, and noted.

A claim is short and ends by itself; sending happens outside of any transaction. A worker that dies between
handing a message over and noting it lets it be handed over once more, under the same id: nothing less than
the other side's cooperation could prevent that. Nothing is lost: what is not settled is claimed again.
"""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from tidegate.connectors.channels.undelivered import Fault, Undelivered
from tidegate.core import clock
from tidegate.notifications import mail_server
from tidegate.notifications.carriers.chat import carry_chat
from tidegate.notifications.carriers.mail import carry_mail, mail_sender
from tidegate.notifications.carriers.webhook import carry_webhook
from tidegate.notifications.contents import NothingToTell, find_rule, find_told
from tidegate.notifications.failing import (
    find_suppression,
    note_acceptance,
    note_channel_failure,
    note_channel_success,
    note_refusal,
)
from tidegate.notifications.mails import write_owner_news, write_told
from tidegate.notifications.models import Channel, Delivery
from tidegate.notifications.notices import note_given_up, write_notice
from tidegate.notifications.retrying import next_try
from tidegate.notifications.words import TRANSITIONS, ChannelKind, DeliveryState, Purpose, Suppression

_log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=100)
"""Longer than handing one message over can take, by the deadlines of the channels."""

CLAIMED_AT_ONCE: Final = 20
_RENEWED_AFTER: Final = timedelta(seconds=20)


def send_next(kind: ChannelKind) -> bool:
    """Send what waits for one kind of channel, up to so many; whether there was any."""
    if kind == ChannelKind.MAIL and not mail_server.may_try(clock.now()):
        return False
    claimed = _claim(kind)
    down: set[uuid.UUID | None] = set()
    for delivery in claimed:
        if delivery.channel_id in down:
            # The channel takes nothing now; this one was not tried, and loses no attempt.
            _release(delivery)
        elif not _attempt(delivery):
            down.add(delivery.channel_id)
    return bool(claimed)


def _claim(kind: ChannelKind) -> list[Delivery]:
    """Claim what is due, the longest waiting first. One short transaction."""
    now, claim = clock.now(), uuid.uuid4()
    with transaction.atomic():
        rows = Delivery.objects.across_tenants().filter(
            kind=kind, try_at__lte=now, state__in=(DeliveryState.WAITING, DeliveryState.SENDING)
        )
        if kind != ChannelKind.MAIL:
            rows = rows.exclude(_resting_channel(now))
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        keys = list(rows.order_by("try_at", "id").values_list("tenant_id", "id")[:CLAIMED_AT_ONCE])
        ids = [own_id for _tenant, own_id in keys]
        claimed = Delivery.objects.across_tenants().filter(id__in=ids)
        claimed.update(
            state=DeliveryState.SENDING, claim=claim, try_at=now + LEASE, attempts=F("attempts") + 1
        )
    mine = Delivery.objects.across_tenants().filter(id__in=ids, claim=claim)
    return list(mine.select_related("account", "channel").order_by("id")) if ids else []


def _resting_channel(now: datetime) -> Q:
    resting = Channel.objects.across_tenants().filter(try_at__gt=now, paused_at__isnull=True)
    return Q(channel_id__in=resting.values("id"))


def _attempt(delivery: Delivery) -> bool:
    """Try to hand one over, and note what became of it; False when its channel takes nothing."""
    if not _renew(delivery):
        return True
    try:
        answer = _hand_over(delivery)
    except NothingToTell as nothing:
        _settle(delivery, DeliveryState.SUPPRESSED, nothing.message, because=nothing.because)
    except Undelivered as error:
        return _note_undelivered(delivery, error)
    except (OperationalError, InterfaceError):
        # The database went away: the claim runs out, and it is claimed again.
        raise
    except Exception:  # noqa: BLE001  whatever it was
        # One that cannot be written must not keep those behind it from being sent.
        _log.exception("delivery %s failed", delivery.id)
        _retry(delivery, "A fault of this portal; its operator finds it in the log.")
    else:
        _settle(delivery, DeliveryState.SENT, answer)
        _note_taken(delivery)
    return True


def _hand_over(delivery: Delivery) -> str:
    if delivery.kind == ChannelKind.MAIL:
        return _hand_over_mail(delivery)
    rule = find_rule(delivery)
    channel = delivery.channel
    if channel is None:
        raise NothingToTell(Suppression.CHANNEL_REMOVED)
    if channel.paused_at is not None:
        answer = f"The channel is paused: {channel.paused_because}"
        raise Undelivered(answer, fault=Fault.MESSAGE, is_permanent=True)
    carry = carry_webhook if delivery.kind == ChannelKind.WEBHOOK else carry_chat
    return carry(delivery, channel, rule, find_told(delivery, rule))


def _hand_over_mail(delivery: Delivery) -> str:
    if delivery.purpose == Purpose.NOTICE:
        notice = write_notice(delivery, mail_sender())
        if notice is None:
            raise NothingToTell(Suppression.GONE)
        return carry_mail(notice)
    suppressed = find_suppression(delivery)
    if suppressed is not None:
        raise NothingToTell(Suppression(suppressed.reason))
    rule = find_rule(delivery)
    if delivery.purpose == Purpose.OWNER:
        return carry_mail(write_owner_news(delivery, rule, mail_sender()))
    return carry_mail(write_told(delivery, rule, find_told(delivery, rule), mail_sender()))


def _note_undelivered(delivery: Delivery, error: Undelivered) -> bool:
    """A refusal: of this message, or of everything by its channel. Whether the channel takes others."""
    if error.fault is Fault.MESSAGE:
        if error.is_permanent:
            _settle(delivery, DeliveryState.FAILED, error.message)
            if delivery.kind == ChannelKind.MAIL and delivery.purpose != Purpose.NOTICE:
                note_refusal(delivery, error.message)
        else:
            _retry(delivery, error.message)
        return True
    if delivery.channel is None:
        mail_server.note_failure(error.message)
    else:
        note_channel_failure(delivery.channel, error)
    if error.is_permanent and delivery.channel is not None:
        _settle(delivery, DeliveryState.FAILED, error.message)
    else:
        _retry(delivery, error.message)
    return False


def _note_taken(delivery: Delivery) -> None:
    if delivery.channel is not None:
        note_channel_success(delivery.channel)
        return
    mail_server.note_success()
    note_acceptance(delivery)


def _retry(delivery: Delivery, answer: str) -> None:
    again = next_try(ChannelKind(delivery.kind), delivery.attempts, delivery.queued_at, clock.now())
    if again is None:
        _settle(delivery, DeliveryState.FAILED, answer)
    else:
        _write(delivery, DeliveryState.WAITING, try_at=again, last_answer=answer[:512], tried_at=clock.now())


def _release(delivery: Delivery) -> None:
    _write(delivery, DeliveryState.WAITING, try_at=clock.now(), attempts=delivery.attempts - 1)


def _settle(
    delivery: Delivery, state: DeliveryState, answer: str, *, because: Suppression | None = None
) -> None:
    now = clock.now()
    with transaction.atomic():
        is_ours = _write(
            delivery,
            state,
            last_answer=answer[:512],
            suppressed_because=because or "",
            tried_at=now,
            settled_at=now,
        )
        if is_ours and state == DeliveryState.FAILED and delivery.purpose == Purpose.NOTICE:
            delivery.last_answer = answer[:512]
            note_given_up(delivery)


def _write(delivery: Delivery, state: DeliveryState, **fields: object) -> bool:
    """Note where it stands; whether the claim was still ours."""
    if state not in TRANSITIONS[DeliveryState.SENDING]:
        raise ValueError(state)
    rows = Delivery.objects.of_tenant(delivery.tenant_id).filter(id=delivery.id, claim=delivery.claim)
    return bool(rows.update(state=state, claim=None, **fields))


def _renew(delivery: Delivery) -> bool:
    """Whether the claim is ours still; it is prolonged when others before it took their time."""
    now = clock.now()
    if delivery.try_at - now > LEASE - _RENEWED_AFTER:
        return True
    rows = Delivery.objects.of_tenant(delivery.tenant_id).filter(id=delivery.id, claim=delivery.claim)
    return bool(rows.update(try_at=now + LEASE))
