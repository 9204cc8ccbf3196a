# mypy: allow-subclassing-any, allow-untyped-calls
"""Changing, setting and resetting a password."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from tidegate.accounts.forms.passwords import (
    ChangePasswordForm,
    NewPasswordForm,
    ResetPasswordForm,
    SetPasswordForm,
)


class ChangePasswordView(allauth_views.PasswordChangeView):
    """From the old one to a new one; other sessions end."""

    template_name = "account/password_other.html"
    form_class = ChangePasswordForm


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SetPasswordView(allauth_views.PasswordSetView):
    """A first password, for who has signed in by passkey so far."""

    template_name = "account/password_first.html"
    form_class = SetPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the passkey first. The form is then sent again, so that no password is kept meanwhile."""
        if request.user.is_authenticated and is_reauthentication_required(request, app=""):
            return redirect_to_login(request.path, reverse("account_reauthenticate"))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ResetPasswordView(allauth_views.PasswordResetView):
    """Sends a link, if the address has an account; says the same if not."""

    template_name = "account/password_forgotten.html"
    form_class = ResetPasswordForm


class ResetSentView(allauth_views.PasswordResetDoneView):
    """What happens next."""

    template_name = "account/password_link_sent.html"


class NewPasswordView(allauth_views.PasswordResetFromKeyView):
    """Where the link leads."""

    template_name = "account/password_new.html"
    form_class = NewPasswordForm


class NewPasswordDoneView(allauth_views.PasswordResetFromKeyDoneView):
    """Back to signing in."""

    template_name = "account/password_new_done.html"
