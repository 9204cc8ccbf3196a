"""Several notifications told together: digests, quiet hours, and storms, in which nothing is left out.

A bundle is open while it is added to, under its lock; whoever closes it holds the same lock, so that
nothing comes into a bundle of which was told already.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.notifications.addressing import Addressee, find_addressees
from tidegate.notifications.deliveries import make_deliveries
from tidegate.notifications.models import Bundle, Delivery, Notification, NotificationRule
from tidegate.notifications.owners import readable_tenants
from tidegate.notifications.words import BundleReason, ChannelKind, Purpose

AT_ONCE_IN_A_MINUTE: Final = 30
"""How many notifications of one rule are told singly within a minute, before it is a storm."""

STORM: Final = timedelta(minutes=1)


def room_before_storm(rule: NotificationRule, now: datetime) -> int:
    """How many more of a rule's notifications may be told singly now."""
    if _open_bundle(rule) is not None:
        return 0
    recent = Notification.objects.across_tenants().filter(
        rule_id=rule.id, created_at__gt=now - STORM, bundle_id__isnull=True
    )
    return AT_ONCE_IN_A_MINUTE - recent[:AT_ONCE_IN_A_MINUTE].count()


def lock_open_bundle(rule: NotificationRule, reason: BundleReason, closes_at: datetime) -> Bundle:
    """The rule's open bundle, locked until the transaction ends; made if there is none."""
    found = _open_bundle(rule)
    if found is None:
        new = Bundle(
            tenant_id=rule.tenant_id,
            rule_id=rule.id,
            reason=reason,
            opened_at=clock.now(),
            closes_at=closes_at,
        )
        Bundle.objects.bulk_create([new], ignore_conflicts=True)
        found = _open_bundle(rule)
    if found is None:
        raise RuntimeError("A bundle that was just made is not there.")
    return found


def close_next_bundle() -> bool:
    """Tell of the next bundle whose time has come; whether there was one."""
    rows = Bundle.objects.across_tenants().filter(closed_at__isnull=True, closes_at__lte=clock.now())
    if not rows.exists():
        return False
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        bundle = rows.order_by("closes_at").first()
        if bundle is None:
            return False
        bundle.closed_at = clock.now()
        bundle.save(update_fields=["closed_at"])
        _tell(bundle)
    return True


def _tell(bundle: Bundle) -> None:
    rule = NotificationRule.objects.of_tenant(bundle.tenant_id).get(id=bundle.rule_id)
    told = Notification.objects.across_tenants().filter(bundle_id=bundle.id)
    tenants = set(told.values_list("tenant_id", flat=True).distinct())
    deliveries: list[Delivery] = []
    for addressee in find_addressees(rule, step=0):
        for part in _parts_for(addressee, tenants):
            deliveries += make_deliveries(
                rule, [addressee], bundle_id=bundle.id, part_tenant_id=part, purpose=Purpose.BUNDLE
            )
    Delivery.objects.bulk_create(deliveries, batch_size=500)


def _parts_for(addressee: Addressee, tenants: set[uuid.UUID]) -> list[uuid.UUID | None]:
    """The messages that a reader gets: one of all tenants that they may see themselves, one of each other.

    Only a person who has an account can be asked about; a channel, or an address of which nothing is
    known, gets one message for each tenant.
    """
    if len(tenants) == 1:
        return [*tenants]
    account: Account | None = addressee.account if addressee.kind == ChannelKind.MAIL else None
    own = readable_tenants(account, tenants) if account else set[uuid.UUID]()
    if len(own) <= 1:
        return [*sorted(tenants)]
    return [None, *sorted(tenants - own)]


def _open_bundle(rule: NotificationRule) -> Bundle | None:
    rows = Bundle.objects.of_tenant(rule.tenant_id).select_for_update(of=("self",))
    return rows.filter(rule_id=rule.id, closed_at__isnull=True).first()
