"""Applications subscribe to changes, renew that, and end it; what is told no more is ended here too."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.db import transaction

from tidegate.audit.actions import Target, append, record
from tidegate.authorization.scope import SYSTEM, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput
from tidegate.core.outbound import OutboundFailed, check_address, send
from tidegate.core.sealing import seal
from tidegate.core.text import clean_line
from tidegate.directory.policy import lock_directory
from tidegate.feeds.models import ChangeNotification, Subscription
from tidegate.feeds.subscribed import KINDS, ChangeType, Collection
from tidegate.feeds.subscriptions import get_subscription, live_subscriptions
from tidegate.gate.applications import Claim

MOST_SUBSCRIPTIONS: Final = 100
LONGEST_STATE: Final = 255
SEAL_USE: Final = "tidegate.feeds.client_state"
_TLS: Final = ("v1_2", "v1_3")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application wants to be told of, where, and until when."""

    collection: Collection
    change_types: frozenset[ChangeType]
    notification_url: str
    expires_at: datetime
    lifecycle_url: str = ""
    client_state: str = ""
    tls_version: str = "v1_2"


def subscribe(scope: Scope, claim: Claim, wish: Wish) -> Subscription:
    """Subscribe the application of a token, once each address has shown that it wants to be told.

    Raises Forbidden, also for who is no application; InvalidInput naming the member; Conflict for too many.
    """
    if scope.actor.client_id is None:
        raise Forbidden("Only applications subscribe.")
    require(scope, KINDS[wish.collection].permission)
    _check(wish)
    addresses = {wish.notification_url: "notificationUrl", wish.lifecycle_url: "lifecycleNotificationUrl"}
    for address, member in addresses.items():
        if address:
            _validate(address, member)
    with transaction.atomic():
        lock_directory(scope)
        if live_subscriptions(scope).count() >= MOST_SUBSCRIPTIONS:
            raise Conflict("This application has as many subscriptions in the tenant as it may have.")
        subscription = _create(scope, claim, wish)
        event = record(scope, "subscription.created", _target(subscription), details=_told(subscription))
        subscription.begins_after = event.sequence
        subscription.save(update_fields=["begins_after"])
    return subscription


def renew(
    scope: Scope,
    subscription_id: uuid.UUID,
    *,
    expires_at: datetime | None = None,
    notification_url: str = "",
) -> Subscription:
    """Let a subscription of the application last longer, or tell elsewhere. Raises NotFound, InvalidInput."""
    subscription = get_subscription(scope, subscription_id)
    if expires_at is not None:
        _check_end(Collection(subscription.collection), expires_at)
    if notification_url:
        check_address(notification_url, "notificationUrl")
        _validate(notification_url, "notificationUrl")
    with transaction.atomic():
        lock_directory(scope)
        subscription = get_subscription(scope, subscription_id)
        subscription.expires_at = expires_at or subscription.expires_at
        subscription.notification_url = notification_url or subscription.notification_url
        subscription.save(update_fields=["expires_at", "notification_url"])
        record(scope, "subscription.renewed", _target(subscription), details=_told(subscription))
    return subscription


def unsubscribe(scope: Scope, subscription_id: uuid.UUID) -> None:
    """End a subscription of the application. Raises NotFound."""
    with transaction.atomic():
        lock_directory(scope)
        subscription = get_subscription(scope, subscription_id)
        _end(subscription, "The application ended it.")
        record(scope, "subscription.ended", _target(subscription), details=_told(subscription))


def end_subscription(subscription: Subscription, because: str) -> None:
    """End a subscription that nobody may be told of any more, and all that waits for it."""
    with transaction.atomic():
        rows = Subscription.objects.of_tenant(subscription.tenant_id).select_for_update(of=("self",))
        found = rows.filter(id=subscription.id, ended_at__isnull=True).first()
        if found is not None:
            _end(found, because)
            details = {**_told(found), "because": because}
            append(found.tenant_id, SYSTEM, "subscription.ended", _target(found), details=details)


def note_given_up(subscription: Subscription, count: int, error: str) -> None:
    """Keep in the tenant's record that changes were not told, in the caller's transaction."""
    details = {**_told(subscription), "notifications": count, "error": error}
    append(subscription.tenant_id, SYSTEM, "subscription.missed", _target(subscription), details=details)


def _create(scope: Scope, claim: Claim, wish: Wish) -> Subscription:
    return Subscription.rows.create(
        tenant_id=scope.tenant_id,
        client_id=claim.client_id,
        user_id=claim.object_id,
        values=sorted(claim.values),
        collection=wish.collection,
        change_types=sorted(wish.change_types),
        notification_url=wish.notification_url,
        lifecycle_url=wish.lifecycle_url,
        client_state=seal(wish.client_state, SEAL_USE) if wish.client_state else "",
        tls_version=wish.tls_version,
        created_at=clock.now(),
        expires_at=wish.expires_at,
    )


def _check(wish: Wish) -> None:
    if not wish.change_types:
        raise InvalidInput(fields={"changeType": "must be some of created, updated and deleted, by comma"})
    check_address(wish.notification_url, "notificationUrl")
    if wish.lifecycle_url:
        check_address(wish.lifecycle_url, "lifecycleNotificationUrl")
    clean_line(wish.client_state, "clientState", longest=LONGEST_STATE, required=False)
    if wish.tls_version not in _TLS:
        raise InvalidInput(fields={"latestSupportedTlsVersion": f"must be one of: {', '.join(_TLS)}"})
    _check_end(wish.collection, wish.expires_at)


def _check_end(collection: Collection, expires_at: datetime) -> None:
    longest, now = KINDS[collection].longest, clock.now()
    if not now < expires_at <= now + longest:
        minutes = int(longest.total_seconds() // 60)
        reason = f"must lie in the future, at most {minutes} minutes ahead"
        raise InvalidInput(fields={"expirationDateTime": reason})


def _validate(address: str, member: str) -> None:
    """Ask the address to say back what only who reads there knows. Raises InvalidInput."""
    token = f"Validation-{secrets.token_urlsafe(32)}"
    joint = "&" if urlsplit(address).query else "?"
    asked = f"{address}{joint}{urlencode({'validationToken': token})}"
    try:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        answer = send("POST", asked, body=b"", headers=headers, largest=4096)
    except OutboundFailed as error:
        raise InvalidInput(fields={member: f"did not validate: {error.message}"}) from error
    if (
        answer.status != 200
        or answer.content_type != "text/plain"
        or answer.body.decode(errors="replace") != token
    ):
        reason = (
            "did not validate: it must answer 200 within 10 seconds, with the validationToken as text/plain"
        )
        raise InvalidInput(fields={member: reason})


def _end(subscription: Subscription, because: str) -> None:
    subscription.ended_at, subscription.ended_because = clock.now(), because
    subscription.save(update_fields=["ended_at", "ended_because"])
    rows = ChangeNotification.objects.of_tenant(subscription.tenant_id)
    rows.filter(subscription_id=subscription.id).delete()


def _told(subscription: Subscription) -> dict[str, object]:
    """What the record keeps: the receiver by its host, for an address may hold a secret."""
    return {
        "collection": subscription.collection,
        "change_types": subscription.change_types,
        "host": urlsplit(subscription.notification_url).hostname,
        "expires_at": subscription.expires_at,
        "client_id": subscription.client_id,
    }


def _target(subscription: Subscription) -> Target:
    return Target("subscription", str(subscription.id), subscription.collection)
