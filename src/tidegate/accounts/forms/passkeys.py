# mypy: allow-subclassing-any
"""What a browser sends of a passkey: JSON as WebAuthn level 3 section 5.1 has it."""

import json
import struct
from typing import Any

from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 64
_LONGEST_CREDENTIAL = 65_536
_UNREADABLE_WORDS = _("The passkey gave no answer that can be read. Please try again.")
_PARTS = ("id", "rawId", "type")
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, OverflowError)


class CredentialField(forms.CharField):
    """A credential as parsed JSON. What has another shape is refused before anything reads it."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(max_length=_LONGEST_CREDENTIAL, error_messages={"required": _UNREADABLE_WORDS})

    def clean(self, value: str | None) -> dict[str, Any]:
        """The JSON object. Raises ValidationError."""
        try:
            credential = json.loads(super().clean(value))
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_UNREADABLE_WORDS) from error
        if not _has_shape(credential):
            raise forms.ValidationError(_UNREADABLE_WORDS)
        return dict(credential)


class _Answer:
    """An answer of a passkey to the question that this session was given."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Any:
        """The stored passkey that answered. Raises ValidationError."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # stands in the other base
        except forms.ValidationError:
            raise
        except _UNREADABLE as error:
            raise forms.ValidationError(_UNREADABLE_WORDS) from error


class SignInPasskeyForm(_Answer, webauthn_forms.LoginWebAuthnForm):
    """Sign in with a passkey alone."""

    credential = CredentialField()


class AuthenticatePasskeyForm(_Answer, webauthn_forms.AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()


class ReauthenticatePasskeyForm(_Answer, webauthn_forms.ReauthenticateWebAuthnForm):
    """A passkey once more, before something that matters."""

    credential = CredentialField()


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    """A new passkey and its name. Each can sign in alone: it must have checked its owner."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, required=False)
    credential = CredentialField()
    passwordless = None

    def clean(self) -> dict[str, Any]:
        """Check what the device made. Raises ValidationError."""
        self.cleaned_data["passwordless"] = True
        try:
            return dict(super().clean())
        except forms.ValidationError as error:
            raise forms.ValidationError(_("The passkey was not added. Please try again.")) from error
        except _UNREADABLE as error:
            raise forms.ValidationError(_UNREADABLE_WORDS) from error


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)


def _has_shape(credential: object) -> bool:
    return (
        isinstance(credential, dict)
        and all(isinstance(credential.get(part), str) for part in _PARTS)
        and isinstance(credential.get("response"), dict)
        and isinstance(credential.get("clientExtensionResults", {}), dict)
    )
