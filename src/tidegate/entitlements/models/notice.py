"""Notice: one mail that is to be sent, once, to one person about one thing."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class Notice(TenantOwned):
    """Written in the transaction of what it tells; handed over after it to whoever sends, and tries again.

    `key` keeps it to once: a second notice with the key is not made. `values` fill the text of `kind`.
    """

    kind = models.CharField(max_length=48)
    key = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=5, blank=True)
    values = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "key"], name="notice_once"),)
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=models.Q(handed_over_at__isnull=True),
                name="notice_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.email}"
