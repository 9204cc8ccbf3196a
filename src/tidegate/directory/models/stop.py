"""EmergencyStop: outside access ended at once, until an administrator lifts it."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class EmergencyStop(TenantOwned):
    """While it stands, guests it covers may not enter, whatever else was granted them.

    It covers one guest (`user_id`), everybody whose home is one tenant (`home_tenant_id`), or every
    guest there is or will be. Stops are kept: who stopped and who lifted, when, in what words.
    """

    class Covers(models.TextChoices):
        """Whom a stop keeps out."""

        GUEST = "guest"
        ORGANIZATION = "organization"
        ALL = "all"

    covers = models.CharField(max_length=12, choices=Covers.choices)
    user_id = models.UUIDField(null=True, blank=True)
    home_tenant_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=320)
    reason = models.CharField(max_length=1024)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=256)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=256, blank=True)
    lifted_reason = models.CharField(max_length=1024, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.CheckConstraint(
                condition=models.Q(covers="guest", user_id__isnull=False, home_tenant_id__isnull=True)
                | models.Q(covers="organization", user_id__isnull=True, home_tenant_id__isnull=False)
                | models.Q(covers="all", user_id__isnull=True, home_tenant_id__isnull=True),
                name="stop_covers_one_kind",
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant", "covers"],
                condition=models.Q(lifted_at__isnull=True),
                name="stop_standing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.covers} {self.name}"
