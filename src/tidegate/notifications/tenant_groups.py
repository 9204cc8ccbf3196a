"""Rules over a tenant group: which tenants the group takes now, and what becomes of one whose group goes.

The group is its owner's to look through: shared with them as a member of the rule's tenant, or their own.
It grants nothing; that the owner may enter and read is asked as for every other rule.
"""

import uuid
from collections.abc import Collection, Iterable

from tidegate.audit.actions import append
from tidegate.audit.models import AuditEvent, Result
from tidegate.authorization.scope import SYSTEM
from tidegate.core import clock
from tidegate.customers.taking import GroupUse, find_taken, find_usable
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.owner_news import tell_owner
from tidegate.notifications.silence import rule_target
from tidegate.notifications.words import OwnerNews, Reach

type Taken = Collection[tuple[uuid.UUID, uuid.UUID]]
"""Pairs of a rule over a group and a tenant that its group takes."""


def find_taken_by_groups(rules: Iterable[NotificationRule], tenant_ids: Collection[uuid.UUID]) -> Taken:
    """Which of these tenants the groups of these rules take at this instant.

    No statement where no rule is over a group; else a few, whatever the number of rules and tenants.
    """
    uses = _uses_of(rules)
    taken = find_taken(set(uses.values()), tenant_ids) if uses else {}
    return {(rule_id, one) for rule_id, use in uses.items() for one in taken.get(use, ())}


def find_broken(rules: Iterable[NotificationRule]) -> set[uuid.UUID]:
    """Which of these rules tell nothing because their owner has no such group to look through."""
    over = [rule for rule in rules if rule.reach == Reach.GROUP]
    uses = _uses_of(over)
    usable = find_usable(set(uses.values()))
    return {rule.id for rule in over if uses.get(rule.id) not in usable}


def forget_tenant_group(tenant_id: uuid.UUID, event: AuditEvent) -> None:
    """Let rules over a deleted group fall silent, in the transaction of whoever reads the record.

    They are kept, for another group; that they tell nothing is in the tenant's record, and told.
    """
    rows = NotificationRule.objects.of_tenant(tenant_id).select_for_update(of=("self",))
    over = rows.filter(removed_at__isnull=True, tenant_group_id=event.target_id)
    for rule in over.select_related("owner_account").order_by("id"):
        rule.tenant_group_id, rule.silenced_at = None, clock.now()
        rule.version += 1
        rule.save(update_fields=["tenant_group_id", "silenced_at", "version"])
        append(
            tenant_id,
            SYSTEM,
            "notification_rule.silenced",
            rule_target(rule),
            result=Result.FAILURE,
            details={"tenant_group_deleted": event.target_id},
        )
        tell_owner(rule, OwnerNews.RULE_LOST_TENANTS, subject=event.target_name)


def _uses_of(rules: Iterable[NotificationRule]) -> dict[uuid.UUID, GroupUse]:
    return {
        rule.id: GroupUse(rule.tenant_id, rule.tenant_group_id, rule.owner_account_id)
        for rule in rules
        if rule.reach == Reach.GROUP and rule.tenant_group_id is not None
    }
