# mypy: allow-subclassing-any
"""A new account, and the code that shows that its address is the person's own."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tidegate.accounts.invited import invited_email
from tidegate.accounts.models import Account
from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_line

LONGEST_NAME = 256


def clean_name(text: str) -> str:
    """A name fit to keep. Raises ValidationError saying what is wrong with it."""
    try:
        return clean_line(text, "name", longest=LONGEST_NAME)
    except InvalidInput as error:
        raise forms.ValidationError(_("This name holds a sign that cannot be shown.")) from error


class SignUpForm(allauth_forms.SignupForm):
    """Name, email and password."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput({"autocomplete": "name"})
    )
    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited_email = invited_email(request)
        email, password = self.fields["email"], self.fields["password1"]
        email.label, password.label = _("Email"), _("Password")
        email.initial = self.invited_email
        email.widget.attrs.update(autocomplete="username", placeholder="name@organization.example")
        password.help_text = _("At least 12 characters.")
        password.widget.attrs.pop("placeholder", None)

    def clean_name(self) -> str:
        """One line that can be shown."""
        return clean_name(self.cleaned_data["name"])

    def clean_email(self) -> str:
        """Where sign-up is closed, only the invited address."""
        email = str(super().clean_email())
        if not settings.TRIAL_TENANTS and email != self.invited_email:
            raise forms.ValidationError(_("Use the email address to which the invitation was sent."))
        return email

    def try_save(self, request: HttpRequest) -> tuple[Account | None, HttpResponse | None]:
        """As allauth does, at the same cost when the address has an account."""
        if self.account_already_exists:
            Account().set_password(self.cleaned_data["password1"])
        user, response = super().try_save(request)
        return user, response


class VerifyEmailForm(allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that was mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the mail")
        self.fields["code"].widget.attrs.pop("placeholder", None)
