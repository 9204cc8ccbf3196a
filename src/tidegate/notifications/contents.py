"""What deliveries tell at the moment in which they are sent, and whether they may tell anything at all.

Deliveries that were claimed together are asked about together, in a fixed number of statements. What was
found holds for a second; a slow server that makes a round longer has it all asked anew.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import TidegateError
from tidegate.incidents.visibility import seen_alerts
from tidegate.notifications.mails import Told
from tidegate.notifications.matching import reaches
from tidegate.notifications.models import Delivery, Notification, NotificationRule, SuppressedRecipient
from tidegate.notifications.owners import open_for, readable_tenants
from tidegate.notifications.parts import Part, write_example, write_part, write_parts_singly
from tidegate.notifications.tenant_groups import Taken, find_taken_by_groups
from tidegate.notifications.words import About, Purpose, Reach, Suppression

HOLDS_FOR: Final = timedelta(seconds=1)

type Key = tuple[uuid.UUID, uuid.UUID]
type Eyes = tuple[uuid.UUID, str, uuid.UUID]


class NothingToTell(TidegateError):
    """The delivery is not to be sent, and why."""

    code = "nothing_to_tell"

    def __init__(self, because: Suppression) -> None:
        super().__init__(str(because.label))
        self.because = because


@dataclass(slots=True)
class _Found:
    """What was found, each once."""

    at: datetime
    rules: dict[Key, NotificationRule] = field(default_factory=dict)
    suppressed: list[SuppressedRecipient] = field(default_factory=list)
    taken: Taken = frozenset()
    scopes: dict[Eyes, Scope | None] = field(default_factory=dict)
    singles: dict[Eyes, dict[uuid.UUID, Told]] = field(default_factory=dict)


class Contents:
    """What some deliveries tell."""

    def __init__(self, deliveries: Sequence[Delivery]) -> None:
        self._deliveries = deliveries
        self._found = self._ask()

    def rule_of(self, delivery: Delivery) -> NotificationRule:
        """The delivery's rule, with its owner. Raises NothingToTell where it is not in force."""
        rule = self._fresh().rules.get((delivery.tenant_id, delivery.rule_id or delivery.id))
        is_news = delivery.purpose == Purpose.OWNER
        if rule is None or (rule.removed_at is not None and not is_news):
            raise NothingToTell(Suppression.RULE_REMOVED)
        if rule.paused_at is not None and delivery.purpose in {Purpose.NOTIFICATION, Purpose.BUNDLE}:
            raise NothingToTell(Suppression.RULE_PAUSED)
        if is_news and open_for(rule.owner_account, None, rule.tenant_id) is None:
            raise NothingToTell(Suppression.OWNER_LEFT)
        return rule

    def tell(self, delivery: Delivery, rule: NotificationRule) -> Told:
        """What it tells, as the rule's owner may see it now. Raises NothingToTell."""
        self._fresh()
        if delivery.purpose == Purpose.TEST:
            # An example, also of a rule that is about other tenants than the one it was made in.
            scope = self._see(rule, rule.tenant_id)
            return Told((write_example(scope, rule, clock.now()),))
        if delivery.purpose == Purpose.BUNDLE:
            return self._tell_bundle(delivery, rule)
        told = self._singles_of(rule, delivery.part_tenant_id or rule.tenant_id)
        if delivery.notification_id not in told:
            raise NothingToTell(Suppression.GONE)
        return told[delivery.notification_id]

    def suppression_of(self, delivery: Delivery) -> SuppressedRecipient | None:
        """Why nothing is sent to the delivery's address: suppressed altogether, or from its rule alone."""
        for row in self._fresh().suppressed:
            is_meant = row.rule_id in {None, delivery.rule_id} and row.tenant_id == delivery.tenant_id
            if is_meant and row.email == delivery.email and row.suppressed_at is not None:
                return row
        return None

    def was_refused(self, delivery: Delivery) -> bool:
        """Whether the address refused mails of late."""
        return any(
            row.email == delivery.email and row.tenant_id == delivery.tenant_id and row.suppressed_at is None
            for row in self._found.suppressed
        )

    def _fresh(self) -> _Found:
        # A clock that was set back asks at once, too.
        if not timedelta(0) <= clock.now() - self._found.at < HOLDS_FOR:
            self._found = self._ask()
        return self._found

    def _ask(self) -> _Found:
        rule_ids = {one.rule_id for one in self._deliveries if one.rule_id}
        rows = NotificationRule.objects.across_tenants().filter(id__in=rule_ids)
        rules = {(rule.tenant_id, rule.id): rule for rule in rows.select_related("owner_account")}
        emails = {one.email for one in self._deliveries if one.email}
        suppressed = SuppressedRecipient.objects.across_tenants().filter(email__in=emails)
        return _Found(
            at=clock.now(),
            rules=rules,
            suppressed=list(suppressed.order_by("id")) if emails else [],
            taken=self._find_taken(rules),
        )

    def _find_taken(self, rules: Mapping[Key, NotificationRule]) -> Taken:
        """Which tenants, of those that the deliveries tell of, the groups of their rules take."""
        over = [rule for rule in rules.values() if rule.reach == Reach.GROUP]
        if not over:
            return frozenset()
        told = {one.part_tenant_id or one.tenant_id for one in self._deliveries}
        bundles = {one.bundle_id for one in self._deliveries if one.bundle_id and not one.part_tenant_id}
        if bundles:
            rows = Notification.objects.across_tenants().filter(bundle_id__in=bundles)
            told.update(rows.values_list("tenant_id", flat=True).distinct())
        return find_taken_by_groups(over, told)

    def _singles_of(self, rule: NotificationRule, tenant_id: uuid.UUID) -> dict[uuid.UUID, Told]:
        """What each notification of a tenant in the round tells, of all rules with the same eyes.

        Raises NothingToTell.
        """
        scope = self._open(rule, tenant_id)
        eyes = _eyes_of(rule, tenant_id)
        if eyes not in self._found.singles:
            rules = {one.id: one for one in self._found.rules.values() if _eyes_of(one, tenant_id) == eyes}
            ids = [one.notification_id for one in self._deliveries if one.notification_id]
            rows = list(Notification.objects.of_tenant(tenant_id).filter(id__in=ids, rule_id__in=rules))
            parts = write_parts_singly(scope, [(row, rules[row.rule_id]) for row in rows])
            steps = {row.id: row.step for row in rows}
            self._found.singles[eyes] = {
                own_id: Told((part,), steps[own_id]) for own_id, part in parts.items()
            }
        return self._found.singles[eyes]

    def _tell_bundle(self, delivery: Delivery, rule: NotificationRule) -> Told:
        told = Notification.objects.across_tenants().filter(bundle_id=delivery.bundle_id, rule_id=rule.id)
        if delivery.part_tenant_id is not None:
            rows = list(told.filter(tenant_id=delivery.part_tenant_id).order_by("id"))
            part = write_part(self._open(rule, delivery.part_tenant_id), rule, rows)
            parts = [part] if part else []
        else:
            tenant_ids = told.values_list("tenant_id", flat=True).distinct()
            parts = list(self._parts_of_reader(delivery, rule, tenant_ids))
        if not parts:
            raise NothingToTell(Suppression.GONE)
        return Told(tuple(sorted(parts, key=lambda part: part.tenant_name.casefold())))

    def _parts_of_reader(
        self, delivery: Delivery, rule: NotificationRule, tenant_ids: Iterable[uuid.UUID]
    ) -> Iterator[Part]:
        """A part of each tenant that the reader may enter now: what both the reader and the owner see."""
        reader = delivery.account
        if reader is None:
            raise NothingToTell(Suppression.READER_LEFT)
        for tenant_id in sorted(readable_tenants(reader, tenant_ids, rule.about)):
            is_meant = reaches(rule, tenant_id, self._found.taken)
            scope = open_for(rule.owner_account, rule.about, tenant_id) if is_meant else None
            own = open_for(reader, rule.about, tenant_id)
            if scope is None or own is None:
                continue
            rows = Notification.objects.of_tenant(tenant_id).filter(bundle_id=delivery.bundle_id)
            if own.sight.hides and rule.about != About.PROGRAMS:
                rows = rows.filter(alert_id__in=seen_alerts(own).values("id"))
            part = write_part(scope, rule, rows.order_by("id"), name_always=True)
            if part is not None:
                yield part

    def _open(self, rule: NotificationRule, tenant_id: uuid.UUID) -> Scope:
        if not reaches(rule, tenant_id, self._found.taken):
            raise NothingToTell(Suppression.RULE_CHANGED)
        return self._see(rule, tenant_id)

    def _see(self, rule: NotificationRule, tenant_id: uuid.UUID) -> Scope:
        """The tenant as the rule's owner sees it. Raises NothingToTell."""
        eyes, scopes = _eyes_of(rule, tenant_id), self._found.scopes
        if eyes not in scopes:
            scopes[eyes] = open_for(rule.owner_account, rule.about, tenant_id)
        scope = scopes[eyes]
        if scope is None:
            raise NothingToTell(Suppression.OWNER_LEFT)
        return scope


def _eyes_of(rule: NotificationRule, tenant_id: uuid.UUID) -> Eyes:
    return rule.owner_account_id, rule.about, tenant_id
