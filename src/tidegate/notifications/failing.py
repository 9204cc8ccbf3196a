"""What a refusal means beyond the message that was refused: for its recipient, and for its channel."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, append
from tidegate.audit.models import Result
from tidegate.authorization.scope import SYSTEM
from tidegate.connectors.channels.undelivered import Undelivered
from tidegate.core import clock
from tidegate.notifications.models import (
    Channel,
    Delivery,
    NotificationRule,
    RuleRecipient,
    SuppressedRecipient,
)
from tidegate.notifications.owner_news import tell_owner
from tidegate.notifications.words import DeliveryState, OwnerNews, Suppression

REFUSALS_BEFORE_SUPPRESSION: Final = 3
PAUSED_AFTER: Final = timedelta(days=3)
"""So long a channel may fail without a break before that is for good."""

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)


def note_refusal(delivery: Delivery, answer: str) -> None:
    """A mail was refused for good: after some in a row nothing more is sent to its address."""
    with transaction.atomic():
        rows = SuppressedRecipient.objects.of_tenant(delivery.tenant_id)
        new = SuppressedRecipient(
            tenant_id=delivery.tenant_id,
            email=delivery.email,
            reason=Suppression.REFUSED,
            created_at=clock.now(),
        )
        if not rows.filter(email=delivery.email, rule_id__isnull=True).exists():
            SuppressedRecipient.objects.bulk_create([new], ignore_conflicts=True)
        row = rows.select_for_update(of=("self",)).get(email=delivery.email, rule_id__isnull=True)
        row.refusals += 1
        row.last_answer = answer
        if row.refusals >= REFUSALS_BEFORE_SUPPRESSION and row.suppressed_at is None:
            row.suppressed_at, row.reason = clock.now(), Suppression.REFUSED
            _tell_suppressed(delivery, answer)
        row.save()


def forget_refusals(delivery: Delivery) -> None:
    """A mail was taken: refusals count in a row only."""
    rows = SuppressedRecipient.objects.of_tenant(delivery.tenant_id)
    rows.filter(email=delivery.email, rule_id__isnull=True, suppressed_at__isnull=True).delete()


def note_channel_failure(channel: Channel, error: Undelivered) -> None:
    """A channel took nothing: it is left alone for a while, and paused when that is for good."""
    now = clock.now()
    with transaction.atomic():
        rows = Channel.objects.of_tenant(channel.tenant_id).select_for_update(of=("self",))
        row = rows.get(id=channel.id)
        pause = min(FIRST_PAUSE * (1 << min(row.failures, 12)), LONGEST_PAUSE)
        row.failures += 1
        row.failing_since = row.failing_since or now
        row.try_at, row.last_answer = now + pause, error.message[:512]
        if row.paused_at is None and (error.is_permanent or now - row.failing_since >= PAUSED_AFTER):
            row.paused_at, row.paused_because = now, error.message[:512]
            _tell_paused(row)
        row.save()


def note_channel_success(channel: Channel) -> None:
    """A channel took a message."""
    rows = Channel.objects.of_tenant(channel.tenant_id).filter(id=channel.id)
    rows.update(failures=0, failing_since=None, try_at=None, last_answer="", last_sent_at=clock.now())


def channel_target(channel: Channel) -> Target:
    """How the audit log names a channel."""
    return Target("notification_channel", str(channel.id), channel.display_name)


def _tell_paused(channel: Channel) -> None:
    """The tenant's record has it, what still waits for the channel has failed, and owners are told."""
    details = {"answer": channel.paused_because}
    target = channel_target(channel)
    append(
        channel.tenant_id,
        SYSTEM,
        "notification_channel.paused",
        target,
        result=Result.FAILURE,
        details=details,
    )
    waiting = Delivery.objects.of_tenant(channel.tenant_id).filter(
        channel_id=channel.id, state=DeliveryState.WAITING
    )
    answer = f"The channel is paused: {channel.paused_because}"[:512]
    waiting.update(state=DeliveryState.FAILED, settled_at=clock.now(), last_answer=answer)
    used = RuleRecipient.objects.of_tenant(channel.tenant_id).filter(channel_id=channel.id)
    rules = NotificationRule.objects.of_tenant(channel.tenant_id).filter(
        id__in=used.values("rule_id"), removed_at__isnull=True
    )
    for rule in rules.select_related("owner_account"):
        tell_owner(rule, OwnerNews.CHANNEL_PAUSED, subject=channel.display_name)


def _tell_suppressed(delivery: Delivery, answer: str) -> None:
    target = Target("notification_recipient", delivery.email[:256], delivery.email)
    append(
        delivery.tenant_id,
        SYSTEM,
        "notification_recipient.suppressed",
        target,
        result=Result.FAILURE,
        details={"answer": answer},
    )
    rows = NotificationRule.objects.of_tenant(delivery.tenant_id).select_related("owner_account")
    rule = rows.filter(id=delivery.rule_id).first() if delivery.rule_id else None
    if rule is not None and rule.owner_account.email != delivery.email:
        tell_owner(rule, OwnerNews.READER_SUPPRESSED, subject=delivery.email)
