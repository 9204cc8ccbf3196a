"""ConnectedOrganization and its sponsors: whose people may ask to come in."""

from django.db import models

from tidegate.directory.models import User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.entitlements.words import OrganizationState, SponsorKind


class ConnectedOrganization(TenantOwned):
    """An outside organization, known by its tenant id, or by a domain until a tenant has verified it.

    It matches a person whose home is that tenant, or whose home has verified that domain.
    """

    display_name = models.CharField(max_length=256)
    description = models.CharField(max_length=1024, blank=True)
    source_tenant_id = models.UUIDField(null=True, blank=True)
    source_domain = models.CharField(max_length=253, blank=True)
    state = models.CharField(
        max_length=10, choices=OrganizationState.choices, default=OrganizationState.CONFIGURED
    )
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "source_tenant_id"],
                condition=models.Q(removed_at__isnull=True, source_tenant_id__isnull=False),
                name="organization_tenant_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "source_domain"],
                condition=models.Q(removed_at__isnull=True) & ~models.Q(source_domain=""),
                name="organization_domain_once",
            ),
            models.CheckConstraint(
                condition=models.Q(source_tenant_id__isnull=False) | ~models.Q(source_domain=""),
                name="organization_has_source",
            ),
        )

    def __str__(self) -> str:
        return self.display_name


class Sponsor(TenantOwned):
    """A user of this tenant who answers for a connected organization."""

    organization_id = models.UUIDField()
    organization = TenantForeignObject(
        ConnectedOrganization, models.CASCADE, "organization_id", related_name="sponsors"
    )
    user_id = models.UUIDField()
    user = TenantForeignObject(User, models.CASCADE, "user_id")
    kind = models.CharField(max_length=8, choices=SponsorKind.choices)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "organization_id", "user_id"], name="sponsor_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"
