"""UsedAssertion: the ids of client assertions that were seen, until they would have ended anyway."""

from django.db import models

from tidegate.directory.models.owned import TenantOwned


class UsedAssertion(TenantOwned):
    """One assertion (RFC 7523) of an application, in its home tenant; `assertion_hash` covers issuer and jti.

    Microsoft's libraries send one again while it is good: from the network that sent it first it is taken.
    """

    application_id = models.UUIDField()
    assertion_hash = models.CharField(max_length=64)
    network = models.CharField(max_length=45)
    ends_at = models.DateTimeField(db_index=True)

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "application_id", "assertion_hash"], name="assertion_once"
            ),
        )

    def __str__(self) -> str:
        return self.assertion_hash
