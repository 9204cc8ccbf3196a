"""ChangeClock: the last instant at which anything in a tenant's queue changed."""

from django.db import models


class ChangeClock(models.Model):
    """The lock under which the next change gets its instant: see `incidents.instants`."""

    tenant_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.at}"
