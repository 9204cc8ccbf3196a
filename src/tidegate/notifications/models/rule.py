"""NotificationRule: what is told, of which tenants, how and when; RuleRecipient: to whom."""

from django.conf import settings
from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.notifications.models.channel import Channel
from tidegate.notifications.models.rota import OnCallRota
from tidegate.notifications.words import About, Cadence, ChannelKind, Reach


class NotificationRule(TenantOwned):
    """A wish to be told (Microsoft: an e-mail notification rule). Its tenant is where it was made.

    It tells what its owner may see at the moment of sending, and nothing once they may not enter; the
    owner is whoever changed it last. Empty lists of severities, categories, sources and device groups
    leave that side open. `tenant_ids` are the chosen tenants, or the excluded ones where the rule reaches
    all or a tenant group. `tenant_group_id` is that group, of the rule's own tenant; None with such a reach
    when the group was deleted, and then it tells nothing.

    `escalate_after` are minutes since it was told: when so many have passed and nobody has taken up what is
    of high severity, the recipients of that step are told, the first being step 1. `silenced_at` is when it
    was noticed that its owner had left, or its tenant group was deleted.
    """

    about = models.CharField(max_length=10, choices=About.choices, default=About.ALERTS)
    reach = models.CharField(max_length=8, choices=Reach.choices, default=Reach.TENANT)
    tenant_ids = models.JSONField(default=list)
    tenant_group_id = models.UUIDField(null=True, blank=True)
    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    severities = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    device_group_ids = models.JSONField(default=list)
    includes_organization_name = models.BooleanField(default=True)
    includes_tenant_link = models.BooleanField(default=True)
    includes_devices = models.BooleanField(default=True)
    is_once_per_incident = models.BooleanField(default=False)
    cadence = models.CharField(max_length=12, choices=Cadence.choices, default=Cadence.IMMEDIATELY)
    digest_minutes = models.PositiveIntegerField(null=True, blank=True)
    digest_at = models.TimeField(null=True, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=5, blank=True)
    escalate_after = models.JSONField(default=list)
    owner_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner_name = models.CharField(max_length=256)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=256, blank=True)
    silenced_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "display_name"],
                condition=models.Q(removed_at__isnull=True),
                name="notification_rule_name_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["owner_account"],
                condition=models.Q(removed_at__isnull=True) & ~models.Q(reach=Reach.TENANT),
                name="notification_rule_wide",
            ),
        )

    def __str__(self) -> str:
        return self.display_name


class RuleRecipient(TenantOwned):
    """Somebody, or a channel, that a rule tells: at once in step 0, else when it escalates to that step.

    A mail has an `email`, an inbox an account; a rota tells whoever is on call by mail and inbox, and
    while that is nobody, and nobody else is told, the rule's owner.
    """

    rule_id = models.UUIDField()
    rule = TenantForeignObject(NotificationRule, models.CASCADE, "rule_id", related_name="recipients")
    step = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, choices=ChannelKind.choices)
    email = models.EmailField(max_length=254, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    channel_id = models.UUIDField(null=True, blank=True)
    channel = TenantForeignObject(Channel, models.CASCADE, "channel_id", related_name="recipients", null=True)
    rota_id = models.UUIDField(null=True, blank=True)
    rota = TenantForeignObject(OnCallRota, models.CASCADE, "rota_id", related_name="recipients", null=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "rule_id", "step"], name="rule_recipient_rule"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.email or self.account_id or self.channel_id or self.rota_id}"
