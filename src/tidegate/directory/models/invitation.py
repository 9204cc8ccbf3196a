"""Invitation: the offer to become a guest, redeemed by signing in."""

from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.directory.models.user import User


class Invitation(TenantOwned):
    """An offer to the holder of an e-mail address. The link's token is kept only as a SHA-256."""

    user_id = models.UUIDField()
    user = TenantForeignObject(User, models.CASCADE, "user_id", related_name="invitations")
    invited_email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.invited_email
