"""AuthorizationCode: what a browser carries from the sign-in to the application, to be redeemed once."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class AuthorizationCode(TenantOwned):
    """One code, kept as the SHA-256 of its text, with everything that redeeming it must find again.

    `asked` is what the application asked for, as `oauth.scopes.Asked` writes it. Tokens that come of it
    carry `family_id`: a code that is redeemed twice takes them back (RFC 6749, section 4.1.2).
    """

    code_hash = models.CharField(max_length=64)
    family_id = models.UUIDField()
    client_id = models.UUIDField()
    user_id = models.UUIDField()
    asked = models.JSONField()
    version = models.CharField(max_length=3)
    redirect_uri = models.CharField(max_length=256)
    # Whether the request named it: then whoever redeems the code must name it too (RFC 6749, section 4.1.3).
    redirect_is_named = models.BooleanField(default=True)
    platform = models.CharField(max_length=12)
    nonce = models.CharField(max_length=512, blank=True)
    code_challenge = models.CharField(max_length=128, blank=True)
    code_challenge_method = models.CharField(max_length=5, blank=True)
    # What the account's sessions were checked against when it signed in: another one ends the code.
    session_hash = models.CharField(max_length=64)
    signed_in_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "code_hash"], name="code_once"),)

    def __str__(self) -> str:
        return f"code for {self.client_id}"
