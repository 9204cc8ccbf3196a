"""Rules and what became of them, of several tenants at once: each is made and sent in its own tenant."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ManyScope, Scope, require
from tidegate.customers.queries import list_usable_groups
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open_many
from tidegate.notifications.models import Delivery, NotificationRule, RuleRecipient
from tidegate.notifications.words import DeliveryState


def list_rules_of_many(scope: ManyScope) -> QuerySet[NotificationRule]:
    """The rules made in the tenants of the scope. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    return NotificationRule.objects.in_scope(scope).filter(removed_at__isnull=True)


def recipients_of_rules(
    scope: ManyScope, rules: Collection[NotificationRule]
) -> dict[uuid.UUID, list[RuleRecipient]]:
    """Whom each of these rules tells, by step. One statement. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = RuleRecipient.objects.in_scope(scope).filter(rule_id__in=[rule.id for rule in rules])
    told: dict[uuid.UUID, list[RuleRecipient]] = {}
    for row in rows.select_related("account", "channel", "rota").order_by("step", "id"):
        told.setdefault(row.rule_id, []).append(row)
    return told


def fare_of_rules(
    scope: ManyScope, rules: Collection[NotificationRule], since: datetime
) -> tuple[dict[uuid.UUID, datetime], dict[uuid.UUID, int]]:
    """When each of these rules last handed something over, and how often that failed since an instant.

    Two statements. Raises Forbidden.
    """
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = Delivery.objects.in_scope(scope).filter(rule_id__in=[rule.id for rule in rules]).order_by()
    sent = rows.filter(state=DeliveryState.SENT).values_list("rule_id").annotate(last=Max("settled_at"))
    failed = rows.filter(state=DeliveryState.FAILED, created_at__gte=since)
    counted = failed.values_list("rule_id").annotate(number=Count("id"))
    return (
        {rule_id: last for rule_id, last in sent if rule_id and last},
        {rule_id: number for rule_id, number in counted if rule_id},
    )


def list_deliveries_of_many(
    scope: Scope | ManyScope, *, state: str = "", text: str = ""
) -> QuerySet[Delivery]:
    """What rules of the tenants of the scope sent, with this text in the address or the rule's name.

    Invitations are not among it: whom they are to is another permission's matter. Raises Forbidden.
    """
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = Delivery.objects.in_scope(scope).filter(rule_id__isnull=False)
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(email__icontains=text) | Q(rule__display_name__icontains=text))
    return rows.select_related("rule", "channel", "account")


def name_own_groups(actor: Actor, rules: Iterable[NotificationRule]) -> dict[uuid.UUID, str]:
    """The names of the tenant groups that these rules are over, of those that a person may use at home.

    One statement; none where no rule is over a group.
    """
    wanted = {rule.tenant_group_id for rule in rules} - {None}
    usable = list_usable_groups(actor.account_id, actor.home_tenant_id) if wanted else []
    return {group.id: group.name for group in usable if group.id in wanted}


def name_enterable(actor: Actor, tenant_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of those of these tenants that a person may enter now; the others stay unnamed."""
    wanted = {one for one in tenant_ids if one is not None}
    reach = open_many(actor, Permission.TENANT_READ)
    return dict(Tenant.objects.filter(reach.restrict("id"), id__in=wanted).values_list("id", "display_name"))
