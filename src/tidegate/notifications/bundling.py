"""Several notifications told together: digests, quiet hours, and storms, in which nothing is left out.

A bundle is open while it is added to, under its lock; whoever closes it holds the same lock, so that
nothing comes into a bundle of which was told already.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.notifications.addressing import Addressee, find_addressees
from tidegate.notifications.deliveries import make_deliveries, queue_deliveries
from tidegate.notifications.models import Bundle, Delivery, Notification, NotificationRule
from tidegate.notifications.owners import readable_tenants
from tidegate.notifications.words import BundleReason, ChannelKind, Purpose

STORM: Final = timedelta(minutes=1)
"""So long is counted: more notifications of one rule than the operator's number in it are a storm."""


class OpenBundles:
    """The open bundles of some rules, locked until the transaction ends, and how much each told of late."""

    def __init__(self, rules: Sequence[NotificationRule], now: datetime) -> None:
        self._now = now
        tenant_ids, rule_ids = {rule.tenant_id for rule in rules}, [rule.id for rule in rules]
        rows = Bundle.objects.across_tenants().select_for_update(of=("self",))
        # In the order of their keys, as everybody locks them.
        rows = rows.filter(tenant_id__in=tenant_ids, rule_id__in=rule_ids, closed_at__isnull=True)
        self._open = {bundle.rule_id: bundle for bundle in rows.order_by("tenant_id", "rule_id")}
        recent = Notification.objects.across_tenants().filter(
            rule_id__in=rule_ids, created_at__gt=now - STORM, bundle_id__isnull=True
        )
        counted = recent.order_by().values("rule_id").annotate(number=Count("id"))
        self._recent: dict[uuid.UUID, int] = {row["rule_id"]: row["number"] for row in counted}

    def room_before_storm(self, rule: NotificationRule) -> int:
        """How many more of a rule's notifications may be told singly now."""
        if rule.id in self._open:
            return 0
        return max(0, int(settings.NOTIFICATIONS_AT_ONCE) - self._recent.get(rule.id, 0))

    def take(self, rule: NotificationRule, reason: BundleReason, closes_at: datetime) -> Bundle:
        """The rule's open bundle, made if there is none."""
        if rule.id not in self._open:
            self._open[rule.id] = self._make(rule, reason, closes_at)
        return self._open[rule.id]

    def _make(self, rule: NotificationRule, reason: BundleReason, closes_at: datetime) -> Bundle:
        new = Bundle(
            tenant_id=rule.tenant_id,
            rule_id=rule.id,
            reason=reason,
            opened_at=self._now,
            closes_at=closes_at,
        )
        Bundle.objects.bulk_create([new], ignore_conflicts=True)
        rows = Bundle.objects.of_tenant(rule.tenant_id).select_for_update(of=("self",))
        return rows.get(rule_id=rule.id, closed_at__isnull=True)


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
        for part in _parts_for(rule, addressee, tenants):
            deliveries += make_deliveries(
                rule, [addressee], bundle_id=bundle.id, part_tenant_id=part, purpose=Purpose.BUNDLE
            )
    queue_deliveries(deliveries)


def _parts_for(
    rule: NotificationRule, addressee: Addressee, tenants: set[uuid.UUID]
) -> list[uuid.UUID | None]:
    """The messages that a reader gets: one of all tenants that they may see themselves, one of each other.

    Only a person who has an account can be asked about; a channel, or an address of which nothing is
    known, gets one message for each tenant.
    """
    if len(tenants) == 1:
        return [*tenants]
    account: Account | None = addressee.account if addressee.kind == ChannelKind.MAIL else None
    own = readable_tenants(account, tenants, rule.about) if account else set[uuid.UUID]()
    if len(own) <= 1:
        return [*sorted(tenants)]
    return [None, *sorted(tenants - own)]
