"""DeviceCode: a device without a browser waits for its person to sign in on another (RFC 8628)."""

from django.db import models

from tidegate.core.ids import uuid7


class DeviceCode(models.Model):
    """One request of a device. Of the installation: at /common nobody's tenant is known before a person says.

    The device's own code is kept as its SHA-256; the short one that people type, which could be guessed
    from a hash, as an HMAC with the installation's key. `asked_tenant_id` is the tenant of the address;
    `tenant_id`, `user_id` and `session_hash` are whose sign-in it became.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    device_code_hash = models.CharField(max_length=64, unique=True)
    user_code_hash = models.CharField(max_length=64, unique=True)
    client_id = models.UUIDField()
    asked_tenant_id = models.UUIDField(null=True, blank=True)
    asked = models.JSONField()
    version = models.CharField(max_length=3)
    ip_address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    interval = models.PositiveSmallIntegerField()
    last_asked_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    is_declined = models.BooleanField(default=False)
    tenant_id = models.UUIDField(null=True, blank=True)
    user_id = models.UUIDField(null=True, blank=True)
    session_hash = models.CharField(max_length=64, blank=True)
    signed_in_at = models.DateTimeField(null=True, blank=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"device code for {self.client_id}"
