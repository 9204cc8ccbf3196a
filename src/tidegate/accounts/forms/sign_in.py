# mypy: allow-subclassing-any
"""Email and password, on one page."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.utils.translation import gettext_lazy as _


class SignInForm(allauth_forms.LoginForm):
    """Who, and their password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["login"], self.fields["password"]
        email.label, password.label = _("Email"), _("Password")
        email.widget.attrs.update(autocomplete="username", placeholder="name@organization.example")
        password.widget.attrs.pop("placeholder", None)
        password.help_text = ""

    @property
    def is_locked_out(self) -> bool:
        """Whether it was refused because of too many attempts before."""
        return bool(self.has_error("__all__", "too_many_login_attempts"))


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.label, password.help_text = _("Password"), ""
        password.widget.attrs.pop("placeholder", None)
