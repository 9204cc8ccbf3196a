"""Tenant and Domain: the organization, and the names by which it is found."""

import uuid

from django.db import models


class Tenant(models.Model):
    """One organization's directory (Graph: `organization`). Its id is the Directory ID."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    display_name = models.CharField(max_length=256)
    country = models.CharField(max_length=2, blank=True)
    data_location = models.CharField(max_length=256, blank=True)
    technical_contact = models.EmailField(blank=True)
    privacy_contact = models.EmailField(blank=True)
    privacy_statement_url = models.URLField(blank=True, max_length=500)
    # Whether another tenant's administrator who types its id or domain is shown its name.
    is_discoverable = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.display_name


class Domain(models.Model):
    """A DNS name that a tenant claims; it leads to the tenant only once verified.

    Several tenants may claim a name, only one can have it verified: whoever controls its DNS.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    name = models.CharField(max_length=253)
    is_default = models.BooleanField(default=False)
    verification_code = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name"], name="domain_once_in_tenant"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(verified_at__isnull=False),
                name="domain_verified_once",
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_default=True),
                name="domain_default_once",
            ),
        )

    def __str__(self) -> str:
        return self.name
