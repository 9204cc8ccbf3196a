"""Correlation: by what alerts find each other, why one came beside another, what a tenant wants of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.incidents.models.alert import Alert


class CorrelationKind(models.TextChoices):
    """What two alerts have in common. The strongest stands first."""

    PROCESS = "process", _("Process")
    FILE = "file", _("File")
    USER = "user", _("User")
    DEVICE = "device", _("Device")


class CorrelationKey(TenantOwned):
    """Something by which an alert in an incident of ours is found by those that come after it.

    `value` is what `correlation.keys` makes of it. `device_key` is of the device that the evidence is about,
    "" for none. The times are the alert's activity: they stand here so that an index holds all that is asked.
    """

    alert_id = models.UUIDField()
    alert = TenantForeignObject(Alert, models.CASCADE, "alert_id", related_name="correlation_keys")
    kind = models.CharField(max_length=8, choices=CorrelationKind.choices)
    value = models.CharField(max_length=420)
    device_key = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(
                fields=["tenant", "kind", "value", "-last_at", "first_at"], name="correlation_key_value"
            ),
            models.Index(fields=["tenant", "alert_id"], name="correlation_key_alert"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Correlation(TenantOwned):
    """Why an alert came into the incident of another: what both named, and how far apart they were.

    `incident_id` is where it came in then: the reason holds for no other place. `label` is what a person
    calls the shared thing. The device keys are of the evidence on either side: where such a device is hidden,
    so is the reason.
    """

    alert_id = models.UUIDField()
    alert = TenantForeignObject(Alert, models.CASCADE, "alert_id", related_name="correlations")
    incident_id = models.UUIDField()
    other_id = models.UUIDField()
    other = TenantForeignObject(Alert, models.CASCADE, "other_id")
    kind = models.CharField(max_length=8, choices=CorrelationKind.choices)
    value = models.CharField(max_length=420)
    label = models.CharField(max_length=256)
    device_key = models.CharField(max_length=300, blank=True)
    other_device_key = models.CharField(max_length=300, blank=True)
    seconds_apart = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "alert_id"], name="correlation_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class CorrelationSetting(TenantOwned):
    """What a tenant wants of it: see `correlation.rules`. A tenant without a row has the defaults."""

    by_process = models.BooleanField(default=True)
    by_file = models.BooleanField(default=True)
    by_user = models.BooleanField(default=True)
    by_device = models.BooleanField(default=True)
    window_hours = models.PositiveSmallIntegerField()
    largest = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant"], name="correlation_setting_once"),)

    def __str__(self) -> str:
        return f"{self.window_hours} h, {self.largest}"
