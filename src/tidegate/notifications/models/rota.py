"""OnCallRota: who is on call when, as a weekly table or a calendar somewhere else."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class OnCallRota(TenantOwned):
    """`shifts` is a list of {"weekday" (0 is Monday), "starts", "ends" ("08:00"), "email"} in `time_zone`.

    A shift that ends at or before its start ends on the next day. With a calendar address the calendar's
    events are the shifts, and the addresses of their attendees, or in their summary, who is on call;
    `calendar` is what was fetched last.
    """

    display_name = models.CharField(max_length=256)
    time_zone = models.CharField(max_length=64, default="UTC")
    shifts = models.JSONField(default=list)
    sealed_calendar_address = models.TextField(blank=True)
    calendar = models.TextField(blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    fetch_at = models.DateTimeField(null=True, blank=True)
    fetch_failure = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "display_name"], name="rota_name_once"),)
        indexes = (
            models.Index(fields=["fetch_at"], condition=models.Q(fetch_at__isnull=False), name="rota_fetch"),
        )

    def __str__(self) -> str:
        return self.display_name
