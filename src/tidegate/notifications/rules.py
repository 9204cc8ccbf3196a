"""Which rules are about a tenant now."""

import uuid

from django.db.models import Exists, OuterRef, QuerySet

from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.notifications.matching import reaches
from tidegate.notifications.models import NotificationRule
from tidegate.notifications.tenant_groups import find_taken_by_groups
from tidegate.notifications.words import Reach


def rules_about(tenant_id: uuid.UUID) -> list[NotificationRule]:
    """The active rules that may tell of a tenant, with their owners: its own, and those of who may enter it.

    In the order of their keys, in which everybody locks what hangs on them. Two statements, and a few more
    where there are rules over tenant groups.
    """
    own = active_rules().filter(tenant_id=tenant_id, reach=Reach.TENANT)
    users = User.objects.across_tenants().entering(clock.now())
    inside = users.filter(tenant_id=tenant_id, account_id=OuterRef("owner_account_id"))
    wide = list(active_rules().exclude(reach=Reach.TENANT).filter(Exists(inside)))
    taken = find_taken_by_groups(wide, [tenant_id])
    found = [*own, *(rule for rule in wide if reaches(rule, tenant_id, taken))]
    return sorted(found, key=lambda rule: (rule.tenant_id, rule.id))


def active_rules() -> QuerySet[NotificationRule]:
    """Every rule that is neither paused nor removed."""
    rows = NotificationRule.objects.across_tenants().filter(removed_at__isnull=True, paused_at__isnull=True)
    return rows.select_related("owner_account")
