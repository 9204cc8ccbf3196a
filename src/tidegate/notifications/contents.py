"""What a delivery tells at the moment in which it is sent, and whether it may tell anything at all."""

import uuid
from collections.abc import Iterable, Iterator

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import TidegateError
from tidegate.incidents.visibility import seen_alerts
from tidegate.notifications.mails import Told
from tidegate.notifications.matching import reaches
from tidegate.notifications.models import Delivery, Notification, NotificationRule
from tidegate.notifications.owners import open_for, readable_tenants
from tidegate.notifications.parts import Part, write_example, write_part
from tidegate.notifications.words import About, Purpose, Suppression


class NothingToTell(TidegateError):
    """The delivery is not to be sent, and why."""

    code = "nothing_to_tell"

    def __init__(self, because: Suppression) -> None:
        super().__init__(str(because.label))
        self.because = because


def find_rule(delivery: Delivery) -> NotificationRule:
    """The delivery's rule, with its owner. Raises NothingToTell where it is not in force."""
    rows = NotificationRule.objects.of_tenant(delivery.tenant_id).select_related("owner_account")
    rule = rows.filter(id=delivery.rule_id).first() if delivery.rule_id else None
    is_news = delivery.purpose == Purpose.OWNER
    if rule is None or (rule.removed_at is not None and not is_news):
        raise NothingToTell(Suppression.RULE_REMOVED)
    if rule.paused_at is not None and delivery.purpose in {Purpose.NOTIFICATION, Purpose.BUNDLE}:
        raise NothingToTell(Suppression.RULE_PAUSED)
    if is_news and open_for(rule.owner_account, None, rule.tenant_id) is None:
        raise NothingToTell(Suppression.OWNER_LEFT)
    return rule


def find_told(delivery: Delivery, rule: NotificationRule) -> Told:
    """What it tells, as the rule's owner may see it now. Raises NothingToTell."""
    if delivery.purpose == Purpose.TEST:
        scope = _open(rule, delivery.part_tenant_id or rule.tenant_id)
        return Told((write_example(scope, rule, clock.now()),))
    if delivery.purpose == Purpose.BUNDLE:
        return _tell_bundle(delivery, rule)
    rows = Notification.objects.of_tenant(delivery.part_tenant_id or rule.tenant_id)
    own_id = delivery.notification_id
    notification = rows.filter(id=own_id, rule_id=rule.id).first() if own_id else None
    if notification is None:
        raise NothingToTell(Suppression.GONE)
    part = write_part(_open(rule, notification.tenant_id), rule, [notification])
    if part is None:
        raise NothingToTell(Suppression.GONE)
    return Told((part,), notification.step)


def _tell_bundle(delivery: Delivery, rule: NotificationRule) -> Told:
    told = Notification.objects.across_tenants().filter(bundle_id=delivery.bundle_id, rule_id=rule.id)
    if delivery.part_tenant_id is not None:
        rows = list(told.filter(tenant_id=delivery.part_tenant_id).order_by("id"))
        part = write_part(_open(rule, delivery.part_tenant_id), rule, rows)
        parts = [part] if part else []
    else:
        parts = list(_parts_of_reader(delivery, rule, told.values_list("tenant_id", flat=True).distinct()))
    if not parts:
        raise NothingToTell(Suppression.GONE)
    return Told(tuple(sorted(parts, key=lambda part: part.tenant_name.casefold())))


def _parts_of_reader(
    delivery: Delivery, rule: NotificationRule, tenant_ids: Iterable[uuid.UUID]
) -> Iterator[Part]:
    """A part of each tenant that the reader may enter now, with what both the reader and the owner see."""
    reader = delivery.account
    if reader is None:
        raise NothingToTell(Suppression.READER_LEFT)
    for tenant_id in sorted(readable_tenants(reader, tenant_ids)):
        scope = _open_or_none(rule, tenant_id)
        own = open_for(reader, rule.about, tenant_id)
        if scope is None or own is None:
            continue
        rows = Notification.objects.of_tenant(tenant_id).filter(bundle_id=delivery.bundle_id)
        if own.sight.hides:
            rows = rows.filter(alert_id__in=seen_alerts(own).values("id"))
        part = write_part(scope, rule, rows.order_by("id"), name_always=True)
        if part is not None:
            yield part


def _open(rule: NotificationRule, tenant_id: uuid.UUID) -> Scope:
    if not reaches(rule, tenant_id):
        raise NothingToTell(Suppression.RULE_CHANGED)
    scope = open_for(rule.owner_account, About(rule.about), tenant_id)
    if scope is None:
        raise NothingToTell(Suppression.OWNER_LEFT)
    return scope


def _open_or_none(rule: NotificationRule, tenant_id: uuid.UUID) -> Scope | None:
    try:
        return _open(rule, tenant_id)
    except NothingToTell:
        return None
