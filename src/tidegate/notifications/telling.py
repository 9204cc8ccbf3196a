"""What happened becomes notifications: the record is read, and rules are asked, in one transaction.

Called with the events of one tenant. Each rule that is about the tenant is asked with its owner's Scope,
opened now: what the owner may not see is not told, and nothing is once they may not enter.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from typing import Final

from django.db.models import Exists, OuterRef

from tidegate.audit.models import AuditEvent
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.incidents.models import Alert
from tidegate.incidents.visibility import seen_alerts, seen_evidence
from tidegate.incidents.words import TOOK_IN, Severity
from tidegate.notifications.addressing import Addressee, find_addressees
from tidegate.notifications.bundling import STORM, lock_open_bundle, room_before_storm
from tidegate.notifications.deliveries import make_deliveries
from tidegate.notifications.device_groups import forget_device_group
from tidegate.notifications.matching import Candidate, key_of, matches
from tidegate.notifications.models import Delivery, InboxItem, Notification, NotificationRule
from tidegate.notifications.owners import open_for
from tidegate.notifications.rules import rules_about
from tidegate.notifications.silence import note_silence
from tidegate.notifications.timing import find_due
from tidegate.notifications.words import BundleReason, ChannelKind

_AT_ONCE: Final = 500


@dataclass(slots=True)
class _Owners:
    """The Scopes of owners in one tenant, each opened once."""

    tenant_id: uuid.UUID
    opened: dict[tuple[uuid.UUID, str], Scope | None] = field(default_factory=dict)

    def open(self, rule: NotificationRule) -> Scope | None:
        key = (rule.owner_account_id, rule.about)
        if key not in self.opened:
            self.opened[key] = open_for(rule.owner_account, rule.about, self.tenant_id)
        return self.opened[key]


def tell_of(tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> None:
    """Write what follows from these events of a tenant, in the caller's transaction."""
    for event in events:
        if event.tag == "device_group.deleted":
            forget_device_group(tenant_id, event)
    candidates = _read_candidates(tenant_id, events)
    if not candidates:
        return
    owners = _Owners(tenant_id)
    for rule in rules_about(tenant_id):
        scope = owners.open(rule)
        note_silence(rule, is_silent=scope is None)
        if scope is not None:
            _tell_under(rule, scope, candidates)


def _read_candidates(tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> list[Candidate]:
    """The alerts that are new or worse: each once, with the first event that tells of it."""
    told: dict[uuid.UUID, AuditEvent] = {}
    for event in events:
        if event.tag in TOOK_IN:
            details = json.loads(event.details)
            for name in ("new_alert_ids", "worse_alert_ids"):
                for text in details.get(name, ()):
                    told.setdefault(uuid.UUID(text), event)
    found: list[Candidate] = []
    for ids in batched(told, _AT_ONCE):
        rows = Alert.objects.of_tenant(tenant_id).filter(id__in=ids).order_by("id")
        columns = rows.values_list("id", "incident_id", "severity", "category", "service_source")
        for row in columns:
            event = told[row[0]]
            found.append(Candidate(*row, event_sequence=event.sequence, event_at=event.at))
    return found


def _tell_under(rule: NotificationRule, scope: Scope, candidates: Sequence[Candidate]) -> None:
    wanted = [candidate for candidate in candidates if matches(rule, candidate)]
    seen = _find_seen(rule, scope, wanted)
    first: dict[str, Candidate] = {}
    for candidate in wanted:
        if seen is None or candidate.alert_id in seen:
            first.setdefault(key_of(rule, candidate), candidate)
    told = _told_already(rule, scope.tenant_id, list(first))
    new = [
        _make_notification(rule, scope.tenant_id, key, candidate)
        for key, candidate in first.items()
        if key not in told
    ]
    if new:
        _write(rule, new)


def _find_seen(rule: NotificationRule, scope: Scope, wanted: Sequence[Candidate]) -> set[uuid.UUID] | None:
    """The alerts that the owner sees and that are on the rule's devices; None where that is all."""
    if not scope.sight.hides and not rule.device_group_ids:
        return None
    rows = seen_alerts(scope)
    if rule.device_group_ids:
        on_devices = seen_evidence(scope).filter(
            tenant_id=OuterRef("tenant_id"),
            alert_id=OuterRef("id"),
            device__device_group_id__in=rule.device_group_ids,
        )
        rows = rows.filter(Exists(on_devices))
    found: set[uuid.UUID] = set()
    for some in batched(wanted, _AT_ONCE):
        ids = [candidate.alert_id for candidate in some]
        found.update(rows.filter(id__in=ids).values_list("id", flat=True))
    return found


def _told_already(rule: NotificationRule, tenant_id: uuid.UUID, keys: Sequence[str]) -> set[str]:
    rows = Notification.objects.of_tenant(tenant_id).filter(rule_id=rule.id)
    return {
        key
        for some in batched(keys, _AT_ONCE)
        for key in rows.filter(key__in=some).values_list("key", flat=True)
    }


def _make_notification(
    rule: NotificationRule, tenant_id: uuid.UUID, key: str, candidate: Candidate
) -> Notification:
    now = clock.now()
    escalates = rule.escalate_after and candidate.severity == Severity.HIGH
    return Notification(
        tenant_id=tenant_id,
        rule_tenant_id=rule.tenant_id,
        rule_id=rule.id,
        key=key,
        alert_id=candidate.alert_id,
        incident_id=candidate.incident_id,
        severity=candidate.severity,
        event_sequence=candidate.event_sequence,
        escalates_at=now + timedelta(minutes=rule.escalate_after[0]) if escalates else None,
        created_at=now,
    )


def _write(rule: NotificationRule, new: list[Notification]) -> None:
    """Tell singly, or in a bundle: when the rule says so, and what is too much for once."""
    now = clock.now()
    due = find_due(rule, now)
    single = 0 if due.reason else max(0, room_before_storm(rule, now))
    if len(new) > single:
        closes_at = due.at if due.reason else now + STORM
        bundle = lock_open_bundle(rule, due.reason or BundleReason.STORM, closes_at)
        for notification in new[single:]:
            notification.bundle_id = bundle.id
    Notification.objects.bulk_create(new, batch_size=_AT_ONCE)
    addressees = find_addressees(rule, step=0)
    deliver(rule, addressees, new)


def deliver(
    rule: NotificationRule, addressees: Sequence[Addressee], notifications: Sequence[Notification]
) -> None:
    """Put notifications in inboxes, and those that are in no bundle on their way."""
    deliveries: list[Delivery] = []
    for notification in notifications:
        if notification.bundle_id is None:
            deliveries += make_deliveries(
                rule,
                addressees,
                notification_id=notification.id,
                part_tenant_id=notification.tenant_id,
            )
    Delivery.objects.bulk_create(deliveries, batch_size=_AT_ONCE)
    items = list(_inbox_items(addressees, notifications))
    InboxItem.objects.bulk_create(items, batch_size=_AT_ONCE, ignore_conflicts=True)


def _inbox_items(
    addressees: Sequence[Addressee], notifications: Sequence[Notification]
) -> Iterator[InboxItem]:
    readers = [one.account for one in addressees if one.kind == ChannelKind.INBOX and one.account]
    for notification in notifications:
        for account in readers:
            yield InboxItem(
                tenant_id=notification.tenant_id,
                account=account,
                notification_id=notification.id,
                created_at=notification.created_at,
            )
