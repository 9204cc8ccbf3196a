"""IncidentClock: by when an open incident is to be acknowledged or resolved."""

from django.db import models

from tidegate.customers.reckoning import Step
from tidegate.directory.models import Tenant
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.incidents.models.incident import Incident


class IncidentClock(TenantOwned):
    """The clock of one incident by what one home tenant agreed with the incident's tenant.

    Brought up to date in the transaction of every change that moves it (`incidents.clocks`). `due_at` of one
    that stands still, or never strikes, is `clocks.NEVER`. `told` is which of its thresholds were told of;
    `next_at` when the next is to be. `is_open` is false for one whose incident is done: it stays if something
    was told, so that nothing is told twice.
    """

    home_tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    incident_id = models.UUIDField()
    incident = TenantForeignObject(Incident, models.CASCADE, "incident_id", related_name="clocks")
    step = models.CharField(max_length=11, choices=[(step.value, step.value) for step in Step])
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    is_open = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False)
    told = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "incident_id", "home_tenant"], name="incident_clock_once"
            ),
        )
        indexes = (
            # What falls due first of all customers of a home tenant, who ever asks.
            models.Index(
                fields=["home_tenant", "due_at", "id", "tenant", "incident_id"],
                condition=models.Q(is_open=True),
                name="incident_clock_due",
            ),
            models.Index(
                fields=["next_at"], condition=models.Q(next_at__isnull=False), name="incident_clock_next"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.incident_id} by {self.due_at}"
