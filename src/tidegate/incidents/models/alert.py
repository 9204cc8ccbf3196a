"""Alert and Evidence: one detection, and what it names."""

from django.db import models

from tidegate.devices.models import Device, Identity
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.incidents.models.incident import Incident
from tidegate.incidents.models.worked_on import WorkedOn
from tidegate.incidents.words import AlertStatus


class Alert(TenantOwned, WorkedOn):
    """One detection. `external_id` is its id on the wire and in addresses.

    `document` is its Graph JSON, rendered when it changes; `raw` is what its source wrote, one
    JSON text a line where several detections were merged. `source_hashes` are the SHA-256s of
    what was taken in, so that the same record twice changes nothing. `placed_at` is when somebody put
    it into its incident: its source no longer moves it.
    """

    external_id = models.CharField(max_length=256)
    incident_id = models.UUIDField()
    incident = TenantForeignObject(Incident, models.CASCADE, "incident_id", related_name="alerts")
    title = models.CharField(max_length=4096)
    status = models.CharField(max_length=16, choices=AlertStatus.choices, default=AlertStatus.NEW)
    category = models.CharField(max_length=64, blank=True)
    service_source = models.CharField(max_length=64, blank=True)
    detection_source = models.CharField(max_length=64, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    source_updated_at = models.DateTimeField()
    source_format = models.CharField(max_length=32)
    source_hashes = models.TextField(blank=True)
    document = models.TextField()
    raw = models.TextField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "external_id"], name="alert_external_id_once"),
        )
        indexes = (
            models.Index(fields=["tenant", "-created_at", "-id"], name="alert_created"),
            # For whoever looks at many tenants at once: what is newest is theirs more often than not. It
            # holds all that is usually asked of a row, so that no row is read that is not shown.
            models.Index(fields=["-created_at", "-id", "tenant", "severity", "status"], name="alert_newest"),
            # What came in since: ids are in the order in which they were made.
            models.Index(fields=["-id", "tenant"], name="alert_arrived"),
            models.Index(
                fields=["tenant", "-severity", "-created_at", "-id", "status"], name="alert_severity"
            ),
            models.Index(
                fields=["assigned_user_id", "-created_at"],
                condition=models.Q(assigned_user_id__isnull=False),
                name="alert_assigned",
            ),
            models.Index(fields=["tenant", "-last_activity_at", "-id"], name="alert_activity"),
            models.Index(fields=["tenant", "last_update_at", "id"], name="alert_updated"),
            models.Index(fields=["tenant", "incident_id", "first_activity_at"], name="alert_incident"),
            models.Index(
                fields=["tenant", "-severity", "-created_at", "-id", "status"],
                condition=models.Q(status__in=["new", "inProgress", "unknown"]),
                name="alert_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.external_id} {self.title}"


class Evidence(TenantOwned):
    """One thing an alert names (Graph's alertEvidence). `key` tells the same thing in two alerts."""

    alert_id = models.UUIDField()
    alert = TenantForeignObject(Alert, models.CASCADE, "alert_id", related_name="evidence")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=1024)
    verdict = models.CharField(max_length=32, blank=True)
    remediation_status = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    device_id = models.UUIDField(null=True, blank=True)
    device = TenantForeignObject(Device, models.DO_NOTHING, "device_id", related_name="evidence", null=True)
    identity_id = models.UUIDField(null=True, blank=True)
    identity = TenantForeignObject(
        Identity, models.DO_NOTHING, "identity_id", related_name="evidence", null=True
    )
    body = models.TextField()

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "alert_id", "position"], name="evidence_alert"),
            models.Index(fields=["tenant", "device_id"], name="evidence_device"),
            models.Index(fields=["tenant", "identity_id"], name="evidence_identity"),
            models.Index(fields=["tenant", "key"], name="evidence_key"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
