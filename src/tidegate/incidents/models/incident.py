"""Incident: alerts that belong together."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned
from tidegate.incidents.models.worked_on import WorkedOn
from tidegate.incidents.words import IncidentStatus


class Incident(TenantOwned, WorkedOn):
    """Known by its `number` within its tenant, which is Microsoft's own where it came from there.

    `external_id` is the id at its source, empty for one made here. A derived incident was made
    because an alert named it or stood alone: its name, severity and status follow its alerts until
    its source tells more or somebody works on it. Counts are those of its alerts, kept on write.
    `waits` is when one waited for the customer (`incidents.clocks.waits`).
    """

    number = models.BigIntegerField()
    external_id = models.CharField(max_length=256, blank=True)
    display_name = models.CharField(max_length=4096)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=IncidentStatus.choices, default=IncidentStatus.ACTIVE)
    category = models.CharField(max_length=64, blank=True)
    custom_tags = models.JSONField(default=list)
    system_tags = models.JSONField(default=list)
    redirect_external_id = models.CharField(max_length=256, blank=True)
    is_derived = models.BooleanField(default=False)
    alert_count = models.PositiveIntegerField(default=0)
    device_count = models.PositiveIntegerField(default=0)
    identity_count = models.PositiveIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    waits = models.JSONField(default=list)
    source_updated_at = models.DateTimeField(null=True, blank=True)
    source_hashes = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    raw = models.TextField(blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "number"], name="incident_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=~models.Q(external_id=""),
                name="incident_external_id_once",
            ),
        )
        indexes = (
            models.Index(fields=["tenant", "-created_at", "-id"], name="incident_created"),
            # For whoever looks at many tenants at once: what is newest is theirs more often than not. It
            # holds all that is usually asked of a row, so that no row is read that is not shown.
            models.Index(
                fields=["-created_at", "-id", "tenant", "severity", "status"], name="incident_newest"
            ),
            # What came in since: ids are in the order in which they were made.
            models.Index(fields=["-id", "tenant"], name="incident_arrived"),
            models.Index(
                fields=["tenant", "-severity", "-created_at", "-id", "status"], name="incident_severity"
            ),
            models.Index(
                fields=["assigned_user_id", "-created_at"],
                condition=models.Q(assigned_user_id__isnull=False),
                name="incident_assigned",
            ),
            models.Index(fields=["tenant", "-last_activity_at", "-id"], name="incident_activity"),
            models.Index(fields=["tenant", "last_update_at", "id"], name="incident_updated"),
            models.Index(
                fields=["tenant", "-severity", "-created_at", "-id", "status"],
                condition=models.Q(status__in=["active", "inProgress", "awaitingAction"]),
                name="incident_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.display_name}"
