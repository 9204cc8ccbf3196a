# mypy: allow-subclassing-any
"""New passwords: typed once, since a mistake is mended by a reset."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.utils.translation import gettext_lazy as _


class _NewPassword:
    """What the forms with a new password have in common."""

    fields: dict[str, Any]
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 12 characters.")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ChangePasswordForm(_NewPassword, allauth_forms.ChangePasswordForm):
    """The old password and the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""


class SetPasswordForm(_NewPassword, allauth_forms.SetPasswordForm):
    """A first password, for who signs in by passkey."""


class NewPasswordForm(_NewPassword, allauth_forms.ResetPasswordKeyForm):
    """A new password, by the link in the mail."""


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """To which address the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("Email")
        email.widget.attrs.update(autocomplete="username", placeholder="name@organization.example")
