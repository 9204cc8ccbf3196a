"""Deliveries are sent again; recipients are suppressed, let in again, and unsubscribe themselves."""

import uuid
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, append, record
from tidegate.authorization.scope import Actor, ActorKind, Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.ids import uuid7
from tidegate.notifications.deliveries import mail_domain
from tidegate.notifications.drafts import clean_email
from tidegate.notifications.models import Delivery, NotificationRule, SuppressedRecipient
from tidegate.notifications.policy import check_within_sight, require_rules
from tidegate.notifications.unsubscribing import Wish, read_wish
from tidegate.notifications.words import TRANSITIONS, ChannelKind, DeliveryState, Suppression

_SETTLED: Final = frozenset(
    state for state, following in TRANSITIONS.items() if DeliveryState.WAITING in following
) - {DeliveryState.SENDING}


def resend_delivery(scope: Scope, delivery_id: uuid.UUID) -> Delivery:
    """Send a settled delivery again: a mail or a chat's message as a new one, a webhook under its old id.

    It tells what the rule's owner may see by then. Raises Forbidden, NotFound, and Conflict while it is on
    its way.
    """
    require_rules(scope)
    with transaction.atomic():
        delivery = _lock(scope, delivery_id)
        if delivery.rule is not None:
            check_within_sight(scope, delivery.rule)
        if delivery.state not in _SETTLED:
            raise Conflict("This is still on its way.")
        is_webhook = delivery.kind == ChannelKind.WEBHOOK
        again = _queue_again(delivery) if is_webhook else _copy(delivery)
        tag = "notification.replayed" if is_webhook else "notification.resent"
        details = {"rule_id": delivery.rule_id, "new_delivery_id": again.id}
        record(scope, tag, _target(delivery), details=details)
    return again


def replay_webhook(scope: Scope, delivery_id: uuid.UUID) -> Delivery:
    """The same, for a webhook's delivery alone. Raises Forbidden, NotFound, Conflict."""
    require_rules(scope)
    rows = Delivery.objects.in_scope(scope).filter(id=delivery_id, kind=ChannelKind.WEBHOOK)
    if not rows.exists():
        raise NotFound("There is no such delivery.")
    return resend_delivery(scope, delivery_id)


def suppress_recipient(scope: Scope, email: str) -> SuppressedRecipient:
    """Send nothing of this tenant's rules to an address. Raises Forbidden, InvalidInput."""
    require_rules(scope)
    address, now = clean_email(email, "email"), clock.now()
    with transaction.atomic():
        rows = SuppressedRecipient.objects.in_scope(scope).filter(email=address, rule_id__isnull=True)
        row = rows.first() or SuppressedRecipient(tenant_id=scope.tenant_id, email=address, created_at=now)
        if row.suppressed_at is None:
            row.suppressed_at, row.reason = now, Suppression.BY_HAND
            row.suppressed_by = scope.actor.display_name[:256]
            row.save()
            record(scope, "notification_recipient.suppressed", _recipient(address))
    return row


def lift_suppression(scope: Scope, suppression_id: uuid.UUID) -> None:
    """Send to an address again, or of the rule from which it unsubscribed. Raises Forbidden, NotFound."""
    require_rules(scope)
    with transaction.atomic():
        row = SuppressedRecipient.objects.in_scope(scope).filter(id=suppression_id).first()
        if row is None:
            raise NotFound("There is no such suppression.")
        row.delete()
        details = {"reason": row.reason, "rule_id": row.rule_id}
        record(scope, "notification_recipient.restored", _recipient(row.email), details=details)


def unsubscribe(token: str) -> Wish:
    """Send no more mails of a rule to the reader whose link this is; any number of times.

    For a page that asks "really?" on GET, and for programs that POST without asking (RFC 8058): nobody
    signs in for it, and what the link does not say it does not tell. Raises NotFound.
    """
    wish = read_wish(token)
    rows = NotificationRule.objects.of_tenant(wish.tenant_id)
    rule = rows.filter(id=wish.rule_id).first()
    if rule is None:
        raise NotFound("There is no such link.")
    now = clock.now()
    with transaction.atomic():
        # Two at once wait here for each other.
        rows.select_for_update(of=("self",)).get(id=rule.id)
        own = SuppressedRecipient.objects.of_tenant(wish.tenant_id)
        if own.filter(email=wish.email, rule_id=rule.id).exists():
            return wish
        SuppressedRecipient.rows.create(
            tenant_id=wish.tenant_id,
            email=wish.email,
            rule_id=rule.id,
            reason=Suppression.UNSUBSCRIBED,
            suppressed_at=now,
            created_at=now,
        )
        reader = Actor(ActorKind.PERSON, "Reader of a mail, by its link", email=wish.email)
        details = {"rule_id": rule.id, "reason": Suppression.UNSUBSCRIBED}
        append(
            wish.tenant_id,
            reader,
            "notification_recipient.unsubscribed",
            _recipient(wish.email),
            details=details,
        )
    return wish


def _queue_again(delivery: Delivery) -> Delivery:
    now = clock.now()
    delivery.state, delivery.suppressed_because, delivery.settled_at = DeliveryState.WAITING, "", None
    delivery.attempts, delivery.queued_at, delivery.try_at, delivery.claim = 0, now, now, None
    delivery.save()
    return delivery


def _copy(delivery: Delivery) -> Delivery:
    """A new delivery of the same: a mail under its old id would be thrown away as known already."""
    now, own_id = clock.now(), uuid7()
    again = Delivery(
        tenant_id=delivery.tenant_id,
        id=own_id,
        purpose=delivery.purpose,
        rule_id=delivery.rule_id,
        values=delivery.values,
        part_tenant_id=delivery.part_tenant_id,
        notification_id=delivery.notification_id,
        bundle_id=delivery.bundle_id,
        kind=delivery.kind,
        channel_id=delivery.channel_id,
        email=delivery.email,
        account_id=delivery.account_id,
        message_id=f"{own_id}@{mail_domain()}",
        try_at=now,
        created_at=now,
        queued_at=now,
        resent_from_id=delivery.id,
    )
    again.save(force_insert=True)
    return again


def _lock(scope: Scope, delivery_id: uuid.UUID) -> Delivery:
    rows = Delivery.objects.in_scope(scope).select_for_update(of=("self",))
    delivery = rows.select_related("rule").filter(id=delivery_id, rule_id__isnull=False).first()
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery


def _target(delivery: Delivery) -> Target:
    return Target("notification_delivery", str(delivery.id), delivery.email or delivery.kind)


def _recipient(email: str) -> Target:
    return Target("notification_recipient", email[:256], email)
