"""Delivery: one message on its way through one channel to one recipient, and what became of it."""

from django.conf import settings
from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.notifications.models.channel import Channel
from tidegate.notifications.models.rule import NotificationRule
from tidegate.notifications.words import ChannelKind, DeliveryState, Purpose, Suppression


class Delivery(TenantOwned):
    """Its tenant is the rule's. Its `purpose` says what it carries, and `values` what else belongs to that.

    What it says is not kept: it is written when it is sent, from what the rule's owner may see then.
    `part_tenant_id` is the tenant of its notification, or the only tenant of which a bundle's message
    tells; empty for a bundle's message to a reader who may see all tenants in it. `try_at` is the next try;
    while it is being sent, when the claim runs out. `claim` tells one claim from the next.
    """

    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.NOTIFICATION)
    rule_id = models.UUIDField(null=True, blank=True)
    rule = TenantForeignObject(
        NotificationRule, models.CASCADE, "rule_id", related_name="deliveries", null=True
    )
    values = models.JSONField(default=dict)
    part_tenant_id = models.UUIDField(null=True, blank=True)
    notification_id = models.UUIDField(null=True, blank=True)
    bundle_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=ChannelKind.choices)
    channel_id = models.UUIDField(null=True, blank=True)
    channel = TenantForeignObject(Channel, models.CASCADE, "channel_id", related_name="deliveries", null=True)
    email = models.EmailField(max_length=254, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    message_id = models.CharField(max_length=320)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    suppressed_because = models.CharField(max_length=16, choices=Suppression.choices, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    try_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    last_answer = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    resent_from_id = models.UUIDField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "message_id"], name="delivery_message_once"),
        )
        indexes = (
            models.Index(fields=["tenant", "rule_id", "-created_at", "-id"], name="delivery_rule"),
            models.Index(
                fields=["kind", "try_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["settled_at"],
                condition=models.Q(settled_at__isnull=False),
                name="delivery_settled",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.id}"
