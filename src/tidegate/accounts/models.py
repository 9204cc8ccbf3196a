"""Account: the person who signs in, once, anywhere."""

import uuid
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from tidegate.core.ids import uuid7
from tidegate.core.prepared import UUID, PreparedObjects


def normalize_email(email: str) -> str:
    """The form in which addresses are kept and compared: trimmed, lower case throughout."""
    return email.strip().lower()


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        """Create an account; without a password it can only be entered by other means."""
        account = self.model(email=normalize_email(email), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get(self, *conditions: Any, **values: Any) -> "Account":
        """One account. By its id alone, as every request of a session asks, by a question kept ready."""
        if conditions or values.keys() != {"pk"}:
            return super().get(*conditions, **values)
        account = _BY_ID.first(account_id=self.model._meta.pk.to_python(values["pk"]))
        if account is None:
            raise self.model.DoesNotExist
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account with this address."""
        return self.get(email=normalize_email(username or ""))


class Account(AbstractBaseUser):
    """A person. What they are in each tenant is a `directory.User`, found by this id."""

    class Theme(models.TextChoices):
        """Light, dark, or as the device says."""

        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    id = models.UUIDField(primary_key=True, default=uuid7)
    email = models.EmailField(unique=True, max_length=254)
    display_name = models.CharField(max_length=256, blank=True)
    home_tenant_id = models.UUIDField(null=True, blank=True)
    language = models.CharField(max_length=5, blank=True)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Part of what every session is checked against: a new number ends all sessions at once.
    sessions_epoch = models.PositiveIntegerField(default=0)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """The name to show: the display name, else the address."""
        return self.display_name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        salt = "tidegate.accounts.Account.sessions"
        value = f"{self.password}:{self.sessions_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


def _by_id(account_id: uuid.UUID) -> QuerySet[Account]:
    return Account.objects.filter(id=account_id)


_BY_ID: Final = PreparedObjects(_by_id, account_id=UUID)
