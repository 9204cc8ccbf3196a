"""EndingNote: that it was told of something, once, that it is about to end."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class EndingNote(TenantOwned):
    """A credential or a grant whose coming end is in the record; one more where that end was moved."""

    class Kind(models.TextChoices):
        """What ends."""

        CREDENTIAL = "credential"
        CONSENT = "consent"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    subject_id = models.UUIDField()
    ends_at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id", "ends_at"], name="ending_noted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
