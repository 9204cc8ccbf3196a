"""Allowance: how many requests an application made in a tenant, in this minute and in this hour."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned
from tidegate.feeds.words import Family


class Allowance(TenantOwned):
    """The two windows in which requests of one family are counted, each from its beginning by the clock."""

    client_id = models.UUIDField()
    family = models.CharField(max_length=24, choices=[(word.value, word.value) for word in Family])
    minute_at = models.DateTimeField()
    minute_count = models.PositiveIntegerField(default=0)
    hour_at = models.DateTimeField()
    hour_count = models.PositiveIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(fields=["tenant", "client_id", "family"], name="allowance_once"),
        )

    def __str__(self) -> str:
        return f"{self.family} {self.client_id}"
