"""From the record to those who subscribed: what waits to be told, and how it is told.

A change is written down for each subscription in the transaction that reads it from the record, and told
after it. Several go in one message; one that was not taken is told again, later and later, for some hours.
What a subscriber may not see at the moment of telling is not told.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.models import F, Q

from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.scope import SYSTEM, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Forbidden, NotFound
from tidegate.core.outbound import OutboundFailed, send
from tidegate.core.scoped import ScopedQuerySet
from tidegate.core.sealing import unseal
from tidegate.feeds.actions.subscriptions import SEAL_USE, end_subscription, note_given_up
from tidegate.feeds.changes import Change, read_changes
from tidegate.feeds.models import ChangeNotification, Subscription
from tidegate.feeds.subscribed import KINDS, ChangeType, Collection
from tidegate.gate.applications import Claim, open_for_claim
from tidegate.incidents.document import format_time
from tidegate.incidents.wire import keep_seen_alerts, keep_seen_incidents

_log = logging.getLogger(__name__)

AT_ONCE: Final = 100
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(minutes=10)
GIVE_UP_AFTER: Final = timedelta(hours=4)


def note_changes(tenant_id: UUID, events: Sequence[AuditEvent]) -> None:
    """Write down what events mean to the tenant's subscriptions; a change of a batch once for each."""
    now = clock.now()
    rows = Subscription.objects.of_tenant(tenant_id)
    subscriptions = list(rows.filter(ended_at__isnull=True, expires_at__gt=now))
    if not subscriptions:
        return
    wanted = dict.fromkeys(
        (subscription.id, change.change_type, change.object_id)
        for change in read_changes(tenant_id, events)
        for subscription in subscriptions
        if _is_wanted(subscription, change)
    )
    ChangeNotification.objects.bulk_create(
        [
            ChangeNotification(
                tenant_id=tenant_id,
                subscription_id=subscription_id,
                change_type=change_type,
                object_id=object_id,
                created_at=now,
                try_at=now,
            )
            for subscription_id, change_type, object_id in wanted
        ],
        batch_size=500,
    )


def tell_next() -> bool:
    """Tell one subscription what waits for it; whether there was anything."""
    claimed = _claim_next()
    if not claimed:
        return False
    subscription = claimed[0].subscription
    if subscription.ended_at is not None:
        _forget(claimed)
        return True
    try:
        scope = _open(subscription)
    except (NotFound, Forbidden):
        end_subscription(subscription, "What it needs is no longer granted.")
        return True
    if subscription.expires_at <= clock.now():
        end_subscription(subscription, "It expired.")
        return True
    seen = _keep_seen(scope, subscription, claimed)
    if seen:
        _tell(subscription, claimed, seen)
    else:
        _forget(claimed)
    return True


def end_next_expired() -> bool:
    """End a subscription whose time is over; whether there was one."""
    rows = Subscription.objects.across_tenants().filter(ended_at__isnull=True, expires_at__lte=clock.now())
    subscription = rows.order_by("expires_at").first()
    if subscription is not None:
        end_subscription(subscription, "It expired.")
    return subscription is not None


def _is_wanted(subscription: Subscription, change: Change) -> bool:
    return (
        change.collection == subscription.collection
        and change.change_type in subscription.change_types
        and change.sequence > subscription.begins_after
    )


def _claim_next() -> list[ChangeNotification]:
    """What waits for the subscription that has waited longest; claimed by setting when it is tried next."""
    now = clock.now()
    with transaction.atomic():
        rows = ChangeNotification.objects.across_tenants().filter(try_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        first = rows.order_by("try_at").first()
        if first is None:
            return []
        of_it = Q(tenant_id=first.tenant_id, subscription_id=first.subscription_id)
        is_missed = Q(change_type=ChangeType.MISSED)
        same = rows.filter(of_it, is_missed if first.change_type == ChangeType.MISSED else ~is_missed)
        claimed = list(same.select_related("subscription").order_by("created_at", "id")[:AT_ONCE])
        pause = min(FIRST_PAUSE * (1 << min(first.attempts, 10)), LONGEST_PAUSE)
        _rows_of(claimed).update(attempts=F("attempts") + 1, try_at=now + pause)
    return claimed


def _open(subscription: Subscription) -> Scope:
    """The tenant as the subscriber may enter it now. Raises NotFound, Forbidden."""
    values = frozenset(map(str, subscription.values))
    claim = Claim(subscription.tenant_id, subscription.client_id, subscription.user_id, values)
    scope = open_for_claim(claim, Resource.GRAPH, SYSTEM)
    require(scope, KINDS[Collection(subscription.collection)].permission)
    return scope


def _keep_seen(
    scope: Scope, subscription: Subscription, rows: Sequence[ChangeNotification]
) -> list[ChangeNotification]:
    """Alerts of devices that a person may not see are not told to an application that acts for them."""
    keep = {Collection.ALERTS: keep_seen_alerts, Collection.INCIDENTS: keep_seen_incidents}.get(
        Collection(subscription.collection)
    )
    if keep is None:
        return list(rows)
    seen = keep(scope, {row.object_id for row in rows})
    return [row for row in rows if row.object_id in seen or row.change_type == ChangeType.MISSED]


def _tell(
    subscription: Subscription, claimed: Sequence[ChangeNotification], seen: Sequence[ChangeNotification]
) -> None:
    is_missed = seen[0].change_type == ChangeType.MISSED
    address = subscription.lifecycle_url if is_missed else subscription.notification_url
    body = msgspec.json.encode({"value": [_render(subscription, row) for row in seen]})
    try:
        answer = send("POST", address, body=body, headers={"Content-Type": "application/json; charset=utf-8"})
    except OutboundFailed as error:
        if error.is_refused:
            end_subscription(subscription, error.message[:256])
            return
        _note_failure(subscription, claimed, error.message)
        return
    if answer.is_success:
        _forget(claimed)
        _rows_of_subscription(subscription).update(
            delivered_at=clock.now(), failing_since=None, last_error=""
        )
    else:
        _note_failure(subscription, claimed, f"The receiver answered {answer.status}.")


def _render(subscription: Subscription, row: ChangeNotification) -> dict[str, object]:
    state = subscription.client_state
    shared: dict[str, object] = {
        "subscriptionId": str(subscription.id),
        "subscriptionExpirationDateTime": format_time(subscription.expires_at),
        "clientState": unseal(state, SEAL_USE) if state else None,
        "tenantId": str(subscription.tenant_id),
    }
    if row.change_type == ChangeType.MISSED:
        return {**shared, "lifecycleEvent": row.change_type, "resource": subscription.collection}
    path = f"{subscription.collection}/{row.object_id}"
    kind = KINDS[Collection(subscription.collection)].object_type
    data = {"@odata.type": kind, "@odata.id": path, "id": row.object_id}
    return {**shared, "changeType": row.change_type, "resource": path, "resourceData": data}


def _note_failure(subscription: Subscription, claimed: Sequence[ChangeNotification], error: str) -> None:
    """Keep why; after some hours give up what waited that long, and say so in the tenant's record."""
    now = clock.now()
    old = [row for row in claimed if row.created_at <= now - GIVE_UP_AFTER]
    _log.info("Subscription %s was not told: %s", subscription.id, error)
    with transaction.atomic():
        _rows_of_subscription(subscription).update(
            failing_since=subscription.failing_since or now, last_error=error[:256]
        )
        if old:
            _forget(old)
            note_given_up(subscription, len(old), error[:256])
            if subscription.lifecycle_url and old[0].change_type != ChangeType.MISSED:
                _say_missed(subscription, now)


def _say_missed(subscription: Subscription, now: datetime) -> None:
    ChangeNotification.rows.create(
        tenant_id=subscription.tenant_id,
        subscription_id=subscription.id,
        change_type=ChangeType.MISSED,
        created_at=now,
        try_at=now,
    )


def _forget(rows: Sequence[ChangeNotification]) -> None:
    _rows_of(rows).delete()


def _rows_of(rows: Sequence[ChangeNotification]) -> ScopedQuerySet[ChangeNotification]:
    own = ChangeNotification.objects.of_tenant(rows[0].tenant_id)
    return own.filter(id__in=[row.id for row in rows])


def _rows_of_subscription(subscription: Subscription) -> ScopedQuerySet[Subscription]:
    return Subscription.objects.of_tenant(subscription.tenant_id).filter(id=subscription.id)
