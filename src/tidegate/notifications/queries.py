"""Looking at rules and what became of them. Every question starts from a Scope; unseen is NotFound."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.errors import NotFound
from tidegate.core.paging import Page, SortKey, take_page
from tidegate.customers.queries import list_tenant_groups
from tidegate.devices.models import DeviceGroup
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open_many
from tidegate.notifications.models import (
    Channel,
    Delivery,
    MailServer,
    Notification,
    NotificationRule,
    OnCallRota,
    RuleRecipient,
    SuppressedRecipient,
)
from tidegate.notifications.words import ChannelKind, DeliveryState, Purpose

_NEWEST: Final = (SortKey("created_at"), SortKey("id"))


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Chosen values; an empty choice leaves that side open."""

    rule_id: uuid.UUID | None = None
    state: str = ""
    kind: str = ""


def list_rules(scope: Scope) -> QuerySet[NotificationRule]:
    """The rules made in the scope's tenant, by name, those about other tenants too. Raises Forbidden.

    `recipient_count` stands with each; how they fare says `count_deliveries`.
    """
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = NotificationRule.objects.in_scope(scope).filter(removed_at__isnull=True)
    # A count over a join would group by the key, of which Django names only the first column.
    recipients = RuleRecipient.objects.in_scope(scope).filter(rule_id=OuterRef("id")).order_by()
    number = recipients.values("rule_id").annotate(number=Count("id")).values("number")
    return rows.annotate(recipient_count=Coalesce(Subquery(number), 0)).order_by("display_name", "id")


def count_deliveries(scope: Scope, since: datetime) -> dict[uuid.UUID, dict[str, int]]:
    """How many deliveries of each rule since an instant stand where, by state. One statement.

    Raises Forbidden.
    """
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = Delivery.objects.in_scope(scope).filter(rule_id__isnull=False, created_at__gte=since)
    counted: dict[uuid.UUID, dict[str, int]] = {}
    for row in rows.order_by().values("rule_id", "state").annotate(number=Count("id")):
        if row["rule_id"] is not None:
            counted.setdefault(row["rule_id"], {})[row["state"]] = row["number"]
    return counted


def last_deliveries(scope: Scope) -> dict[uuid.UUID, datetime]:
    """When each rule last handed something over. One statement. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = Delivery.objects.in_scope(scope).filter(rule_id__isnull=False, state=DeliveryState.SENT)
    found = rows.order_by().values_list("rule_id").annotate(last=Max("settled_at"))
    return {rule_id: last for rule_id, last in found if rule_id is not None and last is not None}


def choosable_device_groups(scope: Scope) -> QuerySet[DeviceGroup]:
    """The device groups that a rule of this editor may be about, by rank. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = DeviceGroup.objects.in_scope(scope)
    rows = rows.exclude(scope.sight.hidden("id")) if scope.sight.hides else rows
    return rows.order_by("is_default", "rank", "id")


def get_rule(scope: Scope, rule_id: uuid.UUID) -> NotificationRule:
    """One rule, with its owner's account. Raises NotFound, Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = NotificationRule.objects.in_scope(scope).filter(removed_at__isnull=True)
    rule = rows.select_related("owner_account").filter(id=rule_id).first()
    if rule is None:
        raise NotFound("There is no such notification rule.")
    return rule


def find_rule_by_name(scope: Scope, name: str) -> NotificationRule | None:
    """The rule of this name, if there is one. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = NotificationRule.objects.in_scope(scope).filter(removed_at__isnull=True)
    return rows.select_related("owner_account").filter(display_name=name).first()


def recipients_of(scope: Scope, rule: NotificationRule) -> QuerySet[RuleRecipient]:
    """Whom a rule tells, by step, with their accounts, channels and rotas. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = RuleRecipient.objects.in_scope(scope).filter(rule_id=rule.id)
    return rows.select_related("account", "channel", "rota").order_by("step", "id")


def list_recipients(scope: Scope) -> QuerySet[RuleRecipient]:
    """Whom the tenant's rules tell, all of them, as `recipients_of` does. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = RuleRecipient.objects.in_scope(scope).filter(rule__removed_at__isnull=True)
    return rows.select_related("account", "channel", "rota").order_by("step", "id")


def page_deliveries(scope: Scope, chosen: DeliveryFilter, cursor: str) -> Page[Delivery]:
    """One page of the delivery log, newest first. Raises Forbidden, InvalidInput.

    Of which tenant each tells is for `name_tenants` to say: the reader may not enter all of them.
    """
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows: QuerySet[Delivery] = Delivery.objects.in_scope(scope).filter(_logged(scope))
    if chosen.rule_id is not None:
        rows = rows.filter(rule_id=chosen.rule_id)
    if chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    return take_page(rows.select_related("rule", "channel", "account"), _NEWEST, cursor=cursor)


def get_delivery(scope: Scope, delivery_id: uuid.UUID) -> Delivery:
    """One delivery. Raises NotFound, Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = Delivery.objects.in_scope(scope).filter(rule_id__isnull=False)
    delivery = rows.select_related("rule", "channel", "account").filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery


def _logged(scope: Scope) -> Q:
    """What stands in the log: what rules sent, and invitations for who may read whom they are to."""
    of_rules = Q(rule_id__isnull=False)
    return of_rules | Q(purpose=Purpose.INVITATION) if scope.allows(Permission.USER_READ) else of_rules


def name_tenants(scope: Scope, tenant_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of those of these tenants that the reader may enter now; the others stay unnamed."""
    wanted = {one for one in tenant_ids if one is not None}
    reach = open_many(scope.actor, Permission.TENANT_READ)
    rows = Tenant.objects.filter(Q(id=scope.tenant_id) | reach.restrict("id"), id__in=wanted)
    return dict(rows.values_list("id", "display_name"))


def name_tenant_groups(scope: Scope, rules: Iterable[NotificationRule]) -> dict[uuid.UUID, str]:
    """The names of the tenant groups that these rules are over, of those that the reader sees.

    None to who is no member. One statement; none where no rule is over a group.
    """
    wanted = {rule.tenant_group_id for rule in rules if rule.tenant_group_id}
    if not wanted:
        return {}
    try:
        rows = list_tenant_groups(scope).filter(id__in=wanted)
    except NotFound:
        return {}
    return dict(rows.values_list("id", "name"))


def list_told_elsewhere(scope: Scope) -> QuerySet[Notification]:
    """What rules of other tenants told of this one, newest first: a customer sees what its provider is sent.

    Raises Forbidden.
    """
    require(scope, Permission.AUDIT_READ)
    rows = Notification.objects.in_scope(scope).exclude(rule_tenant_id=scope.tenant_id)
    return rows.order_by("-created_at", "-id")


def list_channels(scope: Scope, kind: ChannelKind | None = None) -> QuerySet[Channel]:
    """The tenant's webhooks and chats by name, without their addresses and secrets. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = Channel.objects.in_scope(scope).order_by("display_name", "id")
    return rows.filter(kind=kind) if kind else rows


def get_channel(scope: Scope, channel_id: uuid.UUID) -> Channel:
    """One channel. Raises NotFound, Forbidden."""
    channel = list_channels(scope).filter(id=channel_id).first()
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


def list_rotas(scope: Scope) -> QuerySet[OnCallRota]:
    """The tenant's on-call rotas by name. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    return OnCallRota.objects.in_scope(scope).order_by("display_name", "id")


def get_rota(scope: Scope, rota_id: uuid.UUID) -> OnCallRota:
    """One rota. Raises NotFound, Forbidden."""
    rota = list_rotas(scope).filter(id=rota_id).first()
    if rota is None:
        raise NotFound("There is no such rota.")
    return rota


def list_suppressed(scope: Scope) -> QuerySet[SuppressedRecipient]:
    """The addresses to which nothing is sent, with the reason, newest first. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    rows = SuppressedRecipient.objects.in_scope(scope).filter(suppressed_at__isnull=False)
    return rows.order_by("-suppressed_at", "-id")


def mail_server_state() -> MailServer:
    """How the installation's mail server fares; a fresh row where nothing was ever noted."""
    return MailServer.objects.filter(id=1).first() or MailServer(id=1)
