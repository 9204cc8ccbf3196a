"""Device and Identity: what alerts name, as last known."""

from django.db import models

from tidegate.devices.models.group import DeviceGroup
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned


class Device(TenantOwned):
    """A managed machine (Graph's deviceEvidence). `key` is what it is recognised by in its tenant."""

    key = models.CharField(max_length=300)
    dns_name = models.CharField(max_length=256, blank=True)
    mde_device_id = models.CharField(max_length=256, blank=True)
    aad_device_id = models.CharField(max_length=256, blank=True)
    os_platform = models.CharField(max_length=64, blank=True)
    os_build = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=64, blank=True)
    health_status = models.CharField(max_length=64, blank=True)
    risk_score = models.CharField(max_length=32, blank=True)
    onboarding_status = models.CharField(max_length=64, blank=True)
    av_status = models.CharField(max_length=64, blank=True)
    # The group that its source named; the group that decides who sees it here is the tenant's own.
    device_group_name = models.CharField(max_length=256, blank=True)
    device_group_id = models.UUIDField()
    device_group = TenantForeignObject(
        DeviceGroup, models.DO_NOTHING, "device_group_id", related_name="devices"
    )
    ip_addresses = models.JSONField(default=list)
    logged_on_users = models.JSONField(default=list)
    # What its source said last, and what was given here, which stays.
    tags = models.JSONField(default=list)
    given_tags = models.JSONField(default=list)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "key"], name="device_key_once"),)
        indexes = (
            models.Index(fields=["tenant", "-last_seen_at", "-id"], name="device_last_seen"),
            models.Index(fields=["tenant", "device_group_id"], name="device_in_group"),
        )

    def __str__(self) -> str:
        return self.dns_name or self.key


class Identity(TenantOwned):
    """A user account that alerts name. Not a directory User: it gives nobody anything."""

    key = models.CharField(max_length=400)
    display_name = models.CharField(max_length=256, blank=True)
    account_name = models.CharField(max_length=256, blank=True)
    domain_name = models.CharField(max_length=256, blank=True)
    user_principal_name = models.CharField(max_length=320, blank=True)
    user_sid = models.CharField(max_length=184, blank=True)
    azure_ad_user_id = models.CharField(max_length=64, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "key"], name="identity_key_once"),)

    def __str__(self) -> str:
        return self.user_principal_name or self.account_name or self.key
