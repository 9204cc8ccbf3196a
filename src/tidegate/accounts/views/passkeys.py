# mypy: allow-subclassing-any, allow-untyped-calls
"""Passkeys: signing in with one, adding, naming and removing them."""

from typing import Any

from allauth.account.mixins import NextRedirectMixin
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from tidegate.accounts.events import record_event, record_failed_sign_in
from tidegate.accounts.forms.passkeys import (
    AddPasskeyForm,
    ReauthenticatePasskeyForm,
    RenamePasskeyForm,
    SignInPasskeyForm,
)


class SignInPasskeyView(NextRedirectMixin, webauthn_views.LoginWebAuthnView):
    """A passkey alone: it holds who, and has checked that it is them."""

    form_class = SignInPasskeyForm

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Back to the page it came from, still on the way to the same place."""
        record_failed_sign_in(self.request, "", "passkey not accepted")
        _say_errors(self.request, form)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_login")))


class ListPasskeysView(webauthn_views.ListWebAuthnView):
    """The person's passkeys."""

    template_name = "mfa/passkeys.html"


class AddPasskeyView(webauthn_views.AddWebAuthnView):
    """Ask the device for a new one."""

    template_name = "mfa/passkey_add.html"
    form_class = AddPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what to ask for: a passkey that can sign in without a password."""
        context: dict[str, Any] = super(webauthn_views.AddWebAuthnView, self).get_context_data(**kwargs)
        context["js_data"] = {
            "creation_options": auth.begin_registration(self.request.user, passwordless=True)
        }
        return context

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Add it and record that."""
        response: HttpResponse = super().form_valid(form)
        details = {"name": form.cleaned_data["name"]}
        record_event(self.request, self.request.user, "account.passkey_added", details=details)
        return response


class RenamePasskeyView(webauthn_views.EditWebAuthnView):
    """Another name."""

    template_name = "mfa/passkey_rename.html"
    form_class = RenamePasskeyForm


class RemovePasskeyView(webauthn_views.RemoveWebAuthnView):
    """It signs nobody in any more."""

    template_name = "mfa/passkey_remove.html"

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Remove it and record that."""
        details = {"name": self.object.wrap().name}
        response: HttpResponse = super().form_valid(form)
        record_event(self.request, self.request.user, "account.passkey_removed", details=details)
        return response


class PasskeyAgainView(webauthn_views.ReauthenticateWebAuthnView):
    """A passkey once more, before something that matters."""

    template_name = "mfa/passkey_again.html"
    form_class = ReauthenticatePasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the other ways, and where to go on to: allauth leaves those out."""
        context: dict[str, Any] = super(webauthn_views.ReauthenticateWebAuthnView, self).get_context_data(
            **kwargs
        )
        context["js_data"] = {"request_options": auth.begin_authentication(self.request.user)}
        return context

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Ask once more."""
        _say_errors(self.request, form)
        return HttpResponseRedirect(self.passthrough_next_url(self.request.path))


def _say_errors(request: Any, form: forms.Form) -> None:
    for words in form.errors.get("credential", []):
        messages.error(request, str(words))
