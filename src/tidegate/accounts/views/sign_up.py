# mypy: allow-subclassing-any
"""A new account: for everybody where trial tenants are on offer, else for who was invited."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as allauth_views
from django.http import HttpResponse

from tidegate.accounts.forms.sign_up import SignUpForm, VerifyEmailForm


class SignUpView(allauth_views.SignupView):
    """Name, email, password. The same answer whether the address has an account or not."""

    template_name = "account/sign_up.html"
    template_name_signup_closed = "account/sign_up_closed.html"
    form_class = SignUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """With the request, which may carry an invitation."""
        return {**super().get_form_kwargs(), "request": self.request}

    def closed(self) -> HttpResponse:
        """Say how to get an account instead."""
        response: HttpResponse = super().closed()
        response.status_code = HTTPStatus.FORBIDDEN
        return response


class VerifyEmailView(allauth_views.ConfirmEmailVerificationCodeView):
    """The code from the mail, typed where the sign-up began."""

    template_name = "account/verify_email.html"
    form_class = VerifyEmailForm
