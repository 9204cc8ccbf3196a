"""QueueCounter: how much is open in one tenant, kept so that nobody has to count it."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class QueueCounter(TenantOwned):
    """The open incidents and alerts of a tenant, by severity, and those without an owner.

    Brought up to date in the transaction of every change (`incidents.counters`). A tenant in which nothing
    was ever open has no row.
    """

    open_incidents_unknown = models.IntegerField(default=0)
    open_incidents_informational = models.IntegerField(default=0)
    open_incidents_low = models.IntegerField(default=0)
    open_incidents_medium = models.IntegerField(default=0)
    open_incidents_high = models.IntegerField(default=0)
    unassigned_incidents = models.IntegerField(default=0)
    open_alerts_unknown = models.IntegerField(default=0)
    open_alerts_informational = models.IntegerField(default=0)
    open_alerts_low = models.IntegerField(default=0)
    open_alerts_medium = models.IntegerField(default=0)
    open_alerts_high = models.IntegerField(default=0)
    unassigned_alerts = models.IntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant"], name="queue_counter_once"),)

    def __str__(self) -> str:
        return f"what is open in {self.tenant_id}"
