"""Rows that hold from one instant to another: in force by the clock alone."""

from datetime import datetime

from django.db import models


def in_force(at: datetime, prefix: str = "") -> models.Q:
    """The condition that a dated row holds at this instant: from its start up to, not at, its end."""
    started = models.Q(**{f"{prefix}starts_at__lte": at})
    no_end = models.Q(**{f"{prefix}ends_at__isnull": True})
    return started & (no_end | models.Q(**{f"{prefix}ends_at__gt": at}))


class Dated(models.Model):
    """A start, and an end or none. Ending early means an earlier `ends_at`; rows are not deleted."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
