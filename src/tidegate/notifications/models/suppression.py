"""SuppressedRecipient: an address to which a tenant's rules send nothing, or soon will not."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned
from tidegate.notifications.words import Suppression


class SuppressedRecipient(TenantOwned):
    """Counts refusals for good; suppressed once `suppressed_at` is set, until it is lifted.

    With a rule only that rule is meant: the reader unsubscribed from it.
    """

    email = models.EmailField(max_length=254)
    rule_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=16, choices=Suppression.choices)
    refusals = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=512, blank=True)
    suppressed_at = models.DateTimeField(null=True, blank=True)
    suppressed_by = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(rule_id__isnull=True),
                name="suppressed_address_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "rule_id", "email"],
                condition=models.Q(rule_id__isnull=False),
                name="unsubscribed_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} {self.reason}"
