"""ServiceLevel, and which customer has which."""

from django.db import models

from tidegate.directory.models import Tenant
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned


class ServiceLevel(TenantOwned):
    """How soon a provider answers: minutes by severity, counted in business hours.

    `targets` are {severity: {"acknowledge": minutes, "resolve": minutes}}, either of which may be missing.
    `week` is a list of seven lists of [opens, closes], Monday first, in minutes of the local day, or null
    for around the clock. `holidays` is a list of {"date", "name"}. `always_severities` are counted around
    the clock whatever `week` says. `warn_percent` is how much of a time has passed when it is
    warned of, 0 for never. `customers.levels` reads and writes all of them.
    """

    name = models.CharField(max_length=64)
    name_key = models.CharField(max_length=200)
    targets = models.JSONField(default=dict)
    time_zone = models.CharField(max_length=64, default="UTC")
    week = models.JSONField(null=True, blank=True)
    holidays = models.JSONField(default=list)
    always_severities = models.JSONField(default=list)
    warn_percent = models.PositiveSmallIntegerField(default=75)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "name_key"], name="service_level_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class ServiceLevelAssignment(TenantOwned):
    """The service level that a provider has agreed with one customer."""

    about_tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    level_id = models.UUIDField()
    level = TenantForeignObject(ServiceLevel, models.CASCADE, "level_id", related_name="assignments")
    assigned_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "about_tenant"], name="service_level_once_a_customer"),
        )
        indexes = (
            models.Index(fields=["tenant", "level_id"], name="service_level_assigned"),
            # Whoever writes about a customer's incidents asks what was agreed with it, by whomever.
            models.Index(fields=["about_tenant"], name="service_level_about"),
        )

    def __str__(self) -> str:
        return f"{self.level_id} for {self.about_tenant_id}"


class LevelChange(TenantOwned):
    """What was agreed with a customer has changed: its clocks are to be reckoned anew, once, by a job."""

    about_tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "about_tenant"], name="level_change_once"),)
        indexes = (models.Index(fields=["changed_at"], name="level_change_oldest"),)

    def __str__(self) -> str:
        return f"clocks of {self.about_tenant_id}"
