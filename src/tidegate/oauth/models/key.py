"""SigningKey: what tokens are signed with. Of the installation, not of a tenant."""

from django.db import models

from tidegate.core.ids import uuid7


class SigningKey(models.Model):
    """An RSA key pair. The private half is sealed with the installation's key.

    It is published from its making, signs from `signs_from` up to `retires_at`, and is published still
    until the last token signed with it has ended: nobody who keeps our keys for a day is surprised.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key_id = models.CharField(max_length=64, unique=True)
    private_key = models.TextField()
    public_key = models.JSONField()
    created_at = models.DateTimeField()
    signs_from = models.DateTimeField()
    retires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key_id
