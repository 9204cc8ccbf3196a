"""RefreshToken: lets an application act for a person again and again, until it ends or is revoked."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class RefreshToken(TenantOwned):
    """One refresh token, kept as the SHA-256 of its text.

    All that come of one sign-in are a family. A public client's is good once: `used_at` says when, and a
    second use revokes the family. Any other stays good until its own end, however often it is used.
    """

    token_hash = models.CharField(max_length=64)
    family_id = models.UUIDField()
    client_id = models.UUIDField()
    user_id = models.UUIDField()
    asked = models.JSONField()
    # Whether it was given to a client that cannot keep a secret.
    is_public = models.BooleanField()
    # Single page applications have a day from their sign-in; their next tokens end when the first does.
    is_sliding = models.BooleanField(default=True)
    session_hash = models.CharField(max_length=64)
    signed_in_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "token_hash"], name="refresh_token_once"),)
        indexes = (
            models.Index(fields=["tenant", "family_id"], name="refresh_token_family"),
            models.Index(fields=["tenant", "client_id", "user_id"], name="refresh_token_holder"),
        )

    def __str__(self) -> str:
        return f"refresh token of {self.client_id}"
