# mypy: allow-subclassing-any
"""Signing in and out."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.stagekit import stash_login
from allauth.account.stages import LoginStage
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse

from tidegate.accounts.adapter import AccountAdapter
from tidegate.accounts.destination import describe_destination
from tidegate.accounts.events import record_failed_sign_in
from tidegate.accounts.forms.sign_in import ReauthenticateForm, SignInForm
from tidegate.accounts.views.limits import mark_locked_out

_LONGEST_HINT = 254


class SignInView(allauth_views.LoginView):
    """Email and password, or a passkey; then exactly to where the person was going."""

    template_name = "account/sign_in.html"
    form_class = SignInForm

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """The same answer whether the address has an account or not."""
        response: HttpResponse = super().form_invalid(form)
        if not form.is_locked_out:
            return response
        record_failed_sign_in(self.request, form.cleaned_data.get("login", ""), "too many attempts")
        return mark_locked_out(response)

    def get_initial(self) -> dict[str, Any]:
        """With the address of whom an application expects, if it said so."""
        initial: dict[str, Any] = super().get_initial()
        return {**initial, "login": self.request.GET.get("login_hint", "")[:_LONGEST_HINT]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what was asked for, as it was asked."""
        context = super().get_context_data(**kwargs)
        asked = context["redirect_field_value"] or ""
        adapter = AccountAdapter(self.request)
        return {
            **context,
            "destination": describe_destination(asked),
            "is_open_for_sign_up": adapter.is_open_for_signup(self.request),
        }

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> HttpResponse:
        # Somebody who has yet to take the second step, and meanwhile followed another link,
        # is on the way to that one now.
        asked = self.get_next_url()
        if asked:
            stage.login.redirect_url = asked
            stash_login(request, stage.login)
        response: HttpResponse = super()._redirect_to_pending_stage(request, stage)
        return response


class SignOutView(allauth_views.LogoutView):
    """Signs out on POST; a link only asks."""

    template_name = "account/sign_out.html"


class ReauthenticateView(allauth_views.ReauthenticateView):
    """The password once more."""

    template_name = "account/password_again.html"
    form_class = ReauthenticateForm
    redirect_field_name = REDIRECT_FIELD_NAME


class InactiveView(allauth_views.AccountInactiveView):
    """For whose account was switched off."""

    template_name = "account/inactive.html"
