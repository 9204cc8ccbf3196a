"""User: a person as an object of one tenant, member or guest, with an object id of that tenant."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models.dated import Dated, in_force
from tidegate.directory.models.owned import TenantOwned


class UserQuerySet(ScopedQuerySet["User"]):
    """Questions about users."""

    def present(self) -> "UserQuerySet":
        """Users that were not removed."""
        return self.filter(removed_at__isnull=True)

    def entering(self, at: datetime) -> "UserQuerySet":
        """Users who may enter at this instant: there, accepted, not blocked, within their dates."""
        return self.present().filter(
            in_force(at),
            blocked_at__isnull=True,
            external_user_state=User.ExternalUserState.ACCEPTED,
        )


class User(TenantOwned, Dated):
    """An Account in a tenant. The rows of this table are who may enter where."""

    class UserType(models.TextChoices):
        """Member of the tenant, or guest from another (Graph's userType)."""

        MEMBER = "member"
        GUEST = "guest"

    class ExternalUserState(models.TextChoices):
        """Whether a guest has taken up the invitation (Graph's externalUserState)."""

        PENDING_ACCEPTANCE = "PendingAcceptance"
        ACCEPTED = "Accepted"

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    user_type = models.CharField(max_length=6, choices=UserType.choices)
    user_principal_name = models.CharField(max_length=320)
    display_name = models.CharField(max_length=256)
    mail = models.EmailField(max_length=254)
    external_user_state = models.CharField(
        max_length=17,
        choices=ExternalUserState.choices,
        default=ExternalUserState.ACCEPTED,
    )
    # Who approves for a member of the tenant's own people (Graph's manager).
    manager_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_entered_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["User"]] = UserQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=models.Q(removed_at__isnull=True, account__isnull=False),
                name="user_once_in_tenant",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user_principal_name"],
                condition=models.Q(removed_at__isnull=True),
                name="user_principal_name_once",
            ),
        )
        indexes = (models.Index(fields=["account", "tenant"], name="user_account_tenant"),)

    def __str__(self) -> str:
        return self.user_principal_name

    @property
    def is_guest(self) -> bool:
        """Whether this person's home is another tenant."""
        return self.user_type == self.UserType.GUEST
