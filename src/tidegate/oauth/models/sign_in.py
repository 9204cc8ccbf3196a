"""SignIn: who or which application got a token in a tenant, or did not, and why."""

from typing import ClassVar

from django.db import models

from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models.owned import TenantOwned


class SignInQuerySet(ScopedQuerySet["SignIn"]):
    """Questions about sign-ins."""

    def newest_first(self) -> "SignInQuerySet":
        """The order of the page."""
        return self.order_by("-last_at", "-id")


class SignIn(TenantOwned):
    """What one client did alike within one hour: `count` times, first and last at these instants.

    `result` is 0, or the number of Entra's error. A person's own sign-in at the browser is a row by
    itself. `digest` covers what the row is about, so that counting on finds it.
    """

    class Grant(models.TextChoices):
        """By what a token was asked for; `authorize` is the page at which a person signs in."""

        AUTHORIZE = "authorize"
        AUTHORIZATION_CODE = "authorization_code"
        REFRESH_TOKEN = "refresh_token"  # noqa: S105  the grant's name
        CLIENT_CREDENTIALS = "client_credentials"
        DEVICE_CODE = "device_code"

    hour_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    grant = models.CharField(max_length=20, choices=Grant.choices)
    result = models.IntegerField(default=0)
    client_id = models.UUIDField(null=True, blank=True)
    client_name = models.CharField(max_length=120, blank=True)
    user_id = models.UUIDField(null=True, blank=True)
    user_name = models.CharField(max_length=256, blank=True)
    resource = models.CharField(max_length=16, blank=True)
    ip_address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=256, blank=True)

    objects: ClassVar[models.Manager["SignIn"]] = SignInQuerySet.as_manager()

    class Meta(TenantOwned.Meta):
        constraints = (models.UniqueConstraint(fields=["tenant", "hour_at", "digest"], name="sign_in_once"),)
        indexes = (
            models.Index(fields=["tenant", "-last_at", "-id"], name="sign_in_newest"),
            models.Index(fields=["tenant", "client_id", "-last_at"], name="sign_in_client"),
            models.Index(fields=["last_at"], name="sign_in_age"),
        )

    def __str__(self) -> str:
        return f"{self.grant} {self.result}"

    @property
    def is_success(self) -> bool:
        """Whether a token was given."""
        return self.result == 0
