"""A device group is deleted: it leaves the rules, and a rule of that group alone goes with it.

So does Microsoft ("Create and manage device groups"); here the rule's owner is told.
"""

import uuid

from tidegate.audit.actions import append
from tidegate.audit.models import AuditEvent
from tidegate.authorization.scope import SYSTEM
from tidegate.core import clock
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.owner_news import tell_owner
from tidegate.notifications.silence import rule_target
from tidegate.notifications.words import OwnerNews


def forget_device_group(tenant_id: uuid.UUID, event: AuditEvent) -> None:
    """Take a deleted group out of the tenant's rules, in the transaction of whoever reads the record."""
    rows = NotificationRule.objects.of_tenant(tenant_id).select_for_update(of=("self",))
    for rule in rows.filter(removed_at__isnull=True).select_related("owner_account").order_by("id"):
        if event.target_id not in rule.device_group_ids:
            continue
        rule.device_group_ids = [one for one in rule.device_group_ids if one != event.target_id]
        rule.version += 1
        if not rule.device_group_ids:
            # With none left it would be about all devices, which nobody wished.
            rule.removed_at = clock.now()
        rule.save(update_fields=["device_group_ids", "version", "removed_at"])
        tag = "notification_rule.removed" if rule.removed_at else "notification_rule.updated"
        details = {"device_group_deleted": event.target_name}
        append(tenant_id, SYSTEM, tag, rule_target(rule), details=details)
        kind = OwnerNews.RULE_REMOVED if rule.removed_at else OwnerNews.RULE_LOST_GROUP
        tell_owner(rule, kind, subject=event.target_name)
