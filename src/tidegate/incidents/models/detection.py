"""Detection: one row of the SIEM API, which does not merge what an alert was made of."""

from django.db import models

from tidegate.devices.models import Device
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.incidents.models.alert import Alert


class Detection(TenantOwned):
    """What one device, or the source's own detection, has to say of an alert.

    `body` is its wire form, rendered when it changes; `full_id` tells it apart from the others of its
    alert. `processed_at` is when it was taken in or changed last, an instant of the tenant (see
    `incidents.instants`): one that is committed later has a later one. `digest` is the SHA-256 of the body
    without that time. Tags stand between line ends, in lower case.
    """

    alert_id = models.UUIDField()
    alert = TenantForeignObject(Alert, models.CASCADE, "alert_id", related_name="detections")
    device_id = models.UUIDField(null=True, blank=True)
    device = TenantForeignObject(Device, models.DO_NOTHING, "device_id", related_name="detections", null=True)
    full_id = models.CharField(max_length=512)
    processed_at = models.DateTimeField()
    machine_group = models.CharField(max_length=256, blank=True)
    registry_tags = models.TextField(blank=True)
    portal_tags = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    body = models.TextField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "alert_id", "full_id"], name="detection_once"),
            models.UniqueConstraint(fields=["tenant", "processed_at"], name="detection_processed_once"),
        )

    def __str__(self) -> str:
        return self.full_id
