"""What an incident and an alert have in common: somebody works on them."""

from django.db import models

from tidegate.incidents.words import Classification, Determination, Severity


class WorkedOn(models.Model):
    """Severity, owner and judgement. `version` counts changes, so that nobody overwrites unseen ones.

    `last_update_at` is when anything in it changed here, an instant of `incidents.instants`. `worked_at` is
    when somebody here last set what its source sets as well: that gives way only to what is later still.
    """

    severity = models.SmallIntegerField(choices=Severity.choices, default=Severity.UNKNOWN)
    # Graph's assignedTo is free text; the user is set when it names one of this tenant.
    assigned_to = models.CharField(max_length=320, blank=True)
    assigned_user_id = models.UUIDField(null=True, blank=True)
    classification = models.CharField(
        max_length=32, choices=Classification.choices, default=Classification.UNKNOWN
    )
    determination = models.CharField(
        max_length=32, choices=Determination.choices, default=Determination.UNKNOWN
    )
    created_at = models.DateTimeField()
    last_update_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True, blank=True)
    first_activity_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True
