# mypy: allow-subclassing-any
"""Codes of an authenticator app, and recovery codes."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from tidegate.accounts.models import Account


class _OneCode:
    """A code, which counts once only."""

    fields: dict[str, Any]
    user: Account
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].max_length = 32
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs["maxlength"] = "32"

    def clean_code(self) -> str:
        """Raises ValidationError for a wrong code, and for a right one that was used before."""
        code = str(super().clean_code())  # type: ignore[misc]  # stands in the other base
        if self.authenticator.type == Authenticator.Type.TOTP and not _use_once(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_OneCode, base_forms.AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateForm(_OneCode, base_forms.ReauthenticateForm):
    """A code once more, before something that matters."""


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the app")
        self.fields["code"].widget.attrs.pop("placeholder", None)


def _use_once(account: Account, code: str) -> bool:
    # RFC 6238 section 5.2: a code is not taken twice. allauth remembers it for one step,
    # but with slack on both sides it is good for longer than that.
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(sign for sign in code if sign.isalnum())
    return cache.add(f"tidegate.totp:{account.pk}:{digits}", 1, timeout=seconds)
