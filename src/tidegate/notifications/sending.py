"""Deliveries go out: claimed, written from what may be seen at this instant, handed over, and noted.

A claim is short and ends by itself; sending happens outside of any transaction. A worker that dies between
handing a message over and noting it lets it be handed over once more, under the same id: nothing less than
the other side's cooperation could prevent that. Nothing is lost: what is not settled is claimed again.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from tidegate.connectors.channels.email.composing import Mail
from tidegate.connectors.channels.undelivered import Fault, Undelivered
from tidegate.core import clock
from tidegate.notifications import mail_server
from tidegate.notifications.carriers.chat import carry_chat
from tidegate.notifications.carriers.mail import carry_mail
from tidegate.notifications.carriers.webhook import carry_webhook
from tidegate.notifications.contents import Contents, NothingToTell
from tidegate.notifications.failing import (
    forget_refusals,
    note_channel_failure,
    note_channel_success,
    note_refusal,
)
from tidegate.notifications.invitations import (
    note_invitation_given_up,
    without_secret,
    write_invitation,
)
from tidegate.notifications.mails import write_owner_news, write_told
from tidegate.notifications.models import Channel, Delivery
from tidegate.notifications.notices import note_given_up, write_notice
from tidegate.notifications.retrying import next_try
from tidegate.notifications.words import TRANSITIONS, ChannelKind, DeliveryState, Purpose, Suppression

_log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=100)
"""Longer than handing one message over can take, by the deadlines of the channels."""

CLAIMED_AT_ONCE: Final = 50
_WITHOUT_RULE: Final[Mapping[Purpose, Callable[[Delivery], None]]] = {
    Purpose.NOTICE: note_given_up,
    Purpose.INVITATION: note_invitation_given_up,
}
"""What is sent for no rule: suppressed for nobody, and noted in the record when it is given up."""
_RENEWED_AFTER: Final = timedelta(seconds=20)


def send_next(kind: ChannelKind) -> bool:
    """Send what waits for one kind of channel, up to so many; whether there was any."""
    if kind == ChannelKind.MAIL and not mail_server.may_try(clock.now()):
        return False
    _write_ahead()
    claimed = _claim(kind)
    if claimed:
        sending = _Round(Contents(claimed), mail_server.find_post())
        for delivery in claimed:
            sending.take(delivery)
    return bool(claimed)


def _write_ahead() -> None:
    """Let SQLite hand what this thread commits to the system without waiting for the disk.

    Each mail is noted before the next is begun; waiting each time would hold up whoever else writes. A
    process that is killed loses nothing by it; a machine without power may send its last mails again, under
    their ids.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")


def _claim(kind: ChannelKind) -> list[Delivery]:
    """Claim what is due, the longest waiting first. One short transaction."""
    now, claim = clock.now(), uuid.uuid4()
    rows = Delivery.objects.across_tenants().filter(
        kind=kind, try_at__lte=now, state__in=(DeliveryState.WAITING, DeliveryState.SENDING)
    )
    if kind != ChannelKind.MAIL:
        rows = rows.exclude(_resting_channel(now))
    if not rows.exists():
        # SQLite has one writer: nobody takes its place only to see that there is nothing to do.
        return []
    with transaction.atomic():
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


@dataclass(slots=True)
class _Round:
    """Deliveries that were claimed together, one after the other; and which channels take nothing now."""

    contents: Contents
    post: mail_server.Post
    down: set[uuid.UUID | None] = field(default_factory=set)

    def take(self, delivery: Delivery) -> None:
        """Try one, or let it wait when its channel takes nothing: it was not tried, and loses no attempt."""
        if delivery.channel_id in self.down:
            _release(delivery)
        elif _renew(delivery):
            self.attempt(delivery)

    def attempt(self, delivery: Delivery) -> None:
        """Try to hand one over, and note what became of it."""
        try:
            answer = self._hand_over(delivery)
        except NothingToTell as nothing:
            _settle(delivery, DeliveryState.SUPPRESSED, nothing.message, because=nothing.because)
        except Undelivered as error:
            self._note_undelivered(delivery, error)
        except (OperationalError, InterfaceError):
            # The database went away: the claim runs out, and it is claimed again.
            raise
        except Exception:  # noqa: BLE001  whatever it was
            # One that cannot be written must not keep those behind it from being sent.
            _log.exception("delivery %s failed", delivery.id)
            _retry(delivery, "A fault of this portal; its operator finds it in the log.")
        else:
            _settle(delivery, DeliveryState.SENT, answer)
            self._note_taken(delivery)

    def _hand_over(self, delivery: Delivery) -> str:
        if delivery.kind == ChannelKind.MAIL:
            return carry_mail(self._write_mail(delivery), self.post.server)
        rule = self.contents.rule_of(delivery)
        channel = delivery.channel
        if channel is None:
            raise NothingToTell(Suppression.CHANNEL_REMOVED)
        if channel.paused_at is not None:
            answer = f"The channel is paused: {channel.paused_because}"
            raise Undelivered(answer, fault=Fault.MESSAGE, is_permanent=True)
        carry = carry_webhook if delivery.kind == ChannelKind.WEBHOOK else carry_chat
        return carry(delivery, channel, rule, self.contents.tell(delivery, rule))

    def _write_mail(self, delivery: Delivery) -> Mail:
        if delivery.purpose in _WITHOUT_RULE:
            write = write_notice if delivery.purpose == Purpose.NOTICE else write_invitation
            mail = write(delivery, self.post.sender)
            if mail is None:
                raise NothingToTell(Suppression.GONE)
            return mail
        suppressed = self.contents.suppression_of(delivery)
        if suppressed is not None:
            raise NothingToTell(Suppression(suppressed.reason))
        rule = self.contents.rule_of(delivery)
        if delivery.purpose == Purpose.OWNER:
            return write_owner_news(delivery, rule, self.post.sender)
        return write_told(delivery, rule, self.contents.tell(delivery, rule), self.post.sender)

    def _note_undelivered(self, delivery: Delivery, error: Undelivered) -> None:
        """A refusal: of this message, or of everything by its channel."""
        if error.fault is Fault.CHANNEL:
            self.down.add(delivery.channel_id)
            if delivery.channel is None:
                mail_server.note_failure(error.message)
            else:
                note_channel_failure(delivery.channel, error)
        # What a mail server has against us all may pass; a channel that is gone stays so.
        if error.is_permanent and (error.fault is Fault.MESSAGE or delivery.channel is not None):
            _settle(delivery, DeliveryState.FAILED, error.message)
            if delivery.kind == ChannelKind.MAIL and delivery.purpose not in _WITHOUT_RULE:
                note_refusal(delivery, error.message)
        else:
            _retry(delivery, error.message)

    def _note_taken(self, delivery: Delivery) -> None:
        if delivery.channel is not None:
            note_channel_success(delivery.channel)
            return
        if self.post.is_failing:
            mail_server.note_success()
        if self.contents.was_refused(delivery):
            forget_refusals(delivery)


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
    told: dict[str, object] = {
        "last_answer": answer[:512],
        "suppressed_because": because or "",
        "tried_at": now,
        "settled_at": now,
    }
    if delivery.purpose == Purpose.INVITATION:
        told["values"] = without_secret(delivery)
    if state != DeliveryState.FAILED or delivery.purpose not in _WITHOUT_RULE:
        _write(delivery, state, **told)
        return
    with transaction.atomic():
        if _write(delivery, state, **told):
            delivery.last_answer = answer[:512]
            _WITHOUT_RULE[Purpose(delivery.purpose)](delivery)


def _write(delivery: Delivery, state: DeliveryState, **fields: object) -> bool:
    """Note where it stands; whether the claim was still ours."""
    if state not in TRANSITIONS[DeliveryState.SENDING]:
        raise ValueError(state)
    rows = Delivery.objects.of_tenant(delivery.tenant_id).filter(id=delivery.id, claim=delivery.claim)
    # Only a transaction waits in line for SQLite's one writer.
    with transaction.atomic():
        return bool(rows.update(state=state, claim=None, **fields))


def _renew(delivery: Delivery) -> bool:
    """Whether the claim is ours still; it is prolonged when others before it took their time."""
    now = clock.now()
    if delivery.try_at - now > LEASE - _RENEWED_AFTER:
        return True
    rows = Delivery.objects.of_tenant(delivery.tenant_id).filter(id=delivery.id, claim=delivery.claim)
    return bool(rows.update(try_at=now + LEASE))
