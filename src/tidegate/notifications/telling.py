"""What happened becomes notifications: the record is read, and rules are asked, in one transaction.

Called with the events of one tenant. Each rule that is about the tenant is asked with its owner's Scope,
opened now: what the owner may not see is not told, and nothing is once they may not enter.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from tidegate.notifications import programs
from tidegate.notifications.addressing import Addressee, find_all_addressees
from tidegate.notifications.bundling import STORM, OpenBundles
from tidegate.notifications.clocks import read_struck
from tidegate.notifications.deliveries import make_deliveries, queue_deliveries
from tidegate.notifications.device_groups import forget_device_group
from tidegate.notifications.matching import Candidate, key_of, matches
from tidegate.notifications.models import Delivery, InboxItem, Notification, NotificationRule
from tidegate.notifications.owners import open_for
from tidegate.notifications.rules import rules_about
from tidegate.notifications.silence import note_silence
from tidegate.notifications.tenant_groups import forget_tenant_group
from tidegate.notifications.timing import find_due
from tidegate.notifications.words import About, BundleReason, ChannelKind

_AT_ONCE: Final = 500
_FORGET: Final[Mapping[str, Callable[[uuid.UUID, AuditEvent], None]]] = {
    "device_group.deleted": forget_device_group,
    "tenant_group.deleted": forget_tenant_group,
}

type _Told = tuple[NotificationRule, Sequence[Addressee], Sequence[Notification]]


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


@dataclass(frozen=True, slots=True)
class _Happened:
    """What there is to tell: alerts that are new or worse, what the record says of programs, clocks."""

    alerts: Sequence[Candidate]
    to_programs: Sequence[AuditEvent]
    struck: Sequence[Candidate] = ()


@dataclass(slots=True)
class _Wish:
    """What a rule wants told: by its key, what is told of first."""

    rule: NotificationRule
    first: dict[str, Candidate | AuditEvent]


def tell_of(tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> None:
    """Write what follows from these events of a tenant, in the caller's transaction."""
    for event in events:
        if event.tag in _FORGET:
            _FORGET[event.tag](tenant_id, event)
    happened = _Happened(
        _read_candidates(tenant_id, events),
        [event for event in events if event.tag in programs.TOLD],
        read_struck(tenant_id, events),
    )
    if not (happened.alerts or happened.to_programs or happened.struck):
        return
    owners = _Owners(tenant_id)
    wishes: list[_Wish] = []
    for rule in rules_about(tenant_id):
        scope = owners.open(rule)
        note_silence(rule, is_silent=scope is None)
        first = _choose(rule, scope, happened) if scope is not None else {}
        if first:
            wishes.append(_Wish(rule, first))
    if wishes:
        _write(tenant_id, wishes)


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


def _choose(rule: NotificationRule, scope: Scope, happened: _Happened) -> dict[str, Candidate | AuditEvent]:
    """What the rule is about and its owner sees, by key."""
    if rule.about == About.PROGRAMS:
        return {f"event:{one.sequence}": one for one in happened.to_programs if one.at >= rule.created_at}
    candidates = happened.struck if rule.about == About.CLOCKS else happened.alerts
    wanted = [candidate for candidate in candidates if matches(rule, candidate)]
    seen = _find_seen(rule, scope, wanted)
    first: dict[str, Candidate | AuditEvent] = {}
    for candidate in wanted:
        if seen is None or candidate.alert_id in seen:
            first.setdefault(key_of(rule, candidate), candidate)
    return first


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


def _told_already(tenant_id: uuid.UUID, wishes: Sequence[_Wish]) -> set[tuple[uuid.UUID, str]]:
    """Which of these keys were told under their rules before."""
    rows = Notification.objects.of_tenant(tenant_id).filter(rule_id__in=[wish.rule.id for wish in wishes])
    keys = dict.fromkeys(key for wish in wishes for key in wish.first)
    return {
        pair
        for some in batched(keys, _AT_ONCE)
        for pair in rows.filter(key__in=some).values_list("rule_id", "key")
    }


def _make_notification(
    rule: NotificationRule, tenant_id: uuid.UUID, key: str, candidate: Candidate | AuditEvent
) -> Notification:
    now = clock.now()
    if isinstance(candidate, AuditEvent):
        return Notification(
            tenant_id=tenant_id,
            rule_tenant_id=rule.tenant_id,
            rule_id=rule.id,
            about=rule.about,
            key=key,
            event_sequence=candidate.sequence,
            created_at=now,
        )
    escalates = rule.escalate_after and candidate.severity == Severity.HIGH
    return Notification(
        tenant_id=tenant_id,
        rule_tenant_id=rule.tenant_id,
        rule_id=rule.id,
        about=rule.about,
        key=key,
        alert_id=candidate.alert_id,
        incident_id=candidate.incident_id,
        severity=candidate.severity,
        event_sequence=candidate.event_sequence,
        escalates_at=now + timedelta(minutes=rule.escalate_after[0]) if escalates else None,
        created_at=now,
    )


def _write(tenant_id: uuid.UUID, wishes: Sequence[_Wish]) -> None:
    """Tell of what was not told before; a number of statements that no number of rules changes."""
    told = _told_already(tenant_id, wishes)
    new = {
        wish.rule.id: [
            _make_notification(wish.rule, tenant_id, key, candidate)
            for key, candidate in wish.first.items()
            if (wish.rule.id, key) not in told
        ]
        for wish in wishes
    }
    rules = [wish.rule for wish in wishes if new[wish.rule.id]]
    if not rules:
        return
    bundles = OpenBundles(rules, clock.now())
    for rule in rules:
        _bundle(rule, new[rule.id], bundles)
    Notification.objects.bulk_create([one for rule in rules for one in new[rule.id]], batch_size=_AT_ONCE)
    addressees = find_all_addressees(rules, step=0)
    deliver_all([(rule, addressees[rule.id], new[rule.id]) for rule in rules])


def _bundle(rule: NotificationRule, new: Sequence[Notification], bundles: OpenBundles) -> None:
    """Put into its bundle what a rule does not tell singly: all if it says so, else what is too much."""
    now = clock.now()
    due = find_due(rule, now)
    single = 0 if due.reason else bundles.room_before_storm(rule)
    if len(new) > single:
        closes_at = due.at if due.reason else now + STORM
        bundle = bundles.take(rule, due.reason or BundleReason.STORM, closes_at)
        for notification in new[single:]:
            notification.bundle_id = bundle.id


def deliver(
    rule: NotificationRule, addressees: Sequence[Addressee], notifications: Sequence[Notification]
) -> None:
    """Put notifications in inboxes, and those that are in no bundle on their way."""
    deliver_all([(rule, addressees, notifications)])


def deliver_all(told: Sequence[_Told]) -> None:
    """The same for several rules. Two statements."""
    deliveries: list[Delivery] = []
    items: list[InboxItem] = []
    for rule, addressees, notifications in told:
        for notification in notifications:
            if notification.bundle_id is None:
                deliveries += make_deliveries(
                    rule,
                    addressees,
                    notification_id=notification.id,
                    part_tenant_id=notification.tenant_id,
                )
        items += _inbox_items(addressees, notifications)
    queue_deliveries(deliveries)
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
