"""Notification: one thing told under one rule; Bundle: several that are told together."""

from typing import Final

from django.db import models

from tidegate.directory.models.owned import TenantOwned
from tidegate.notifications.words import About, BundleReason

ADVISORY: Final = "advisory:"
"""How the keys of advisories begin."""


class Notification(TenantOwned):
    """Its tenant is the one that it is about; the rule may be another tenant's.

    `about` is what the rule was about when it was told; an advisory that somebody wrote has no rule. `key`
    keeps it to once: what happened, under this rule. `step` is how far it has escalated, and `escalates_at`
    when it does so next. `bundle_id` is a bundle of the rule's tenant.
    """

    rule_tenant_id = models.UUIDField()
    rule_id = models.UUIDField()
    about = models.CharField(max_length=10, choices=About.choices, default=About.ALERTS)
    key = models.CharField(max_length=120)
    step = models.PositiveSmallIntegerField(default=0)
    alert_id = models.UUIDField(null=True, blank=True)
    incident_id = models.UUIDField(null=True, blank=True)
    severity = models.SmallIntegerField(default=0)
    event_sequence = models.BigIntegerField(default=0)
    bundle_id = models.UUIDField(null=True, blank=True)
    escalates_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "rule_id", "key"], name="notification_once"),
        )
        indexes = (
            models.Index(fields=["rule_id", "-created_at"], name="notification_recent"),
            models.Index(fields=["created_at"], name="notification_old"),
            models.Index(
                fields=["bundle_id"],
                condition=models.Q(bundle_id__isnull=False),
                name="notification_bundle",
            ),
            models.Index(
                fields=["escalates_at"],
                condition=models.Q(escalates_at__isnull=False),
                name="notification_escalates",
            ),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def is_advisory(self) -> bool:
        """Whether somebody wrote it to the tenant's people, on the alert's page."""
        return self.key.startswith(ADVISORY)


class Bundle(TenantOwned):
    """Notifications of a rule that wait to be told together; its tenant is the rule's.

    Open until `closes_at`; then it becomes one delivery for each recipient.
    """

    rule_id = models.UUIDField()
    reason = models.CharField(max_length=8, choices=BundleReason.choices)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "rule_id"],
                condition=models.Q(closed_at__isnull=True),
                name="bundle_open_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["closes_at"], condition=models.Q(closed_at__isnull=True), name="bundle_closes"
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} {self.rule_id}"
