"""ImportRun: one file taken in, how far it got, and what could not be read."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class ImportRun(TenantOwned):
    """One import. `faults` holds the first 1,000 rejected records; `rejected` counts them all."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"

    file_name = models.CharField(max_length=256)
    path = models.CharField(max_length=512, blank=True)
    size = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    incidents_created = models.PositiveIntegerField(default=0)
    incidents_updated = models.PositiveIntegerField(default=0)
    incidents_unchanged = models.PositiveIntegerField(default=0)
    formats = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    user_id = models.UUIDField(null=True, blank=True)
    account_id = models.UUIDField(null=True, blank=True)
    user_name = models.CharField(max_length=320, blank=True)
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = (models.Index(fields=["tenant", "-created_at"], name="import_run_created"),)

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
