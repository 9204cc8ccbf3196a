"""Comment: what somebody said about an incident or an alert."""

from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.incidents.models.alert import Alert
from tidegate.incidents.models.incident import Incident


class Comment(TenantOwned):
    """A remark on an incident, or on one alert of it. `user_id` is empty for what came by import."""

    incident_id = models.UUIDField()
    incident = TenantForeignObject(Incident, models.CASCADE, "incident_id", related_name="comments")
    alert_id = models.UUIDField(null=True, blank=True)
    alert = TenantForeignObject(Alert, models.CASCADE, "alert_id", related_name="comments", null=True)
    text = models.TextField()
    author = models.CharField(max_length=320)
    user_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "incident_id", "created_at"], name="comment_incident"),
            models.Index(fields=["tenant", "alert_id", "created_at"], name="comment_alert"),
        )

    def __str__(self) -> str:
        return self.text[:40]
