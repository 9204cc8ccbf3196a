# mypy: allow-subclassing-any
"""The second step of signing in: authenticator app and recovery codes."""

from typing import Any

from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from tidegate.accounts.events import record_event
from tidegate.accounts.forms.passkeys import AuthenticatePasskeyForm
from tidegate.accounts.forms.second_factor import ActivateTOTPForm, AuthenticateForm, ReauthenticateForm
from tidegate.accounts.models import Account
from tidegate.accounts.views.limits import mark_locked_out
from tidegate.audit.models import Result


class OverviewView(base_views.IndexView):
    """Every way in that the person has, beside the password."""

    template_name = "mfa/overview.html"


class SecondStepView(base_views.AuthenticateView):
    """A code or a passkey, after the password."""

    template_name = "mfa/second_step.html"
    form_class = AuthenticateForm
    webauthn_form_class = AuthenticatePasskeyForm

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Record it with the account's home tenant: the password was right, so the account is known."""
        is_locked_out = any(form.has_error(name, "too_many_login_attempts") for name in form.fields)
        reason = "too many attempts" if is_locked_out else "wrong code or passkey"
        details = {"reason": f"second step: {reason}"}
        _record(self.request, self._account, "account.sign_in_failed", Result.FAILURE, details)
        response = super().form_invalid(form)
        return mark_locked_out(response) if is_locked_out else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what this person can answer by."""
        kinds = Authenticator.Type
        return {
            **super().get_context_data(**kwargs),
            "has_passkey": is_mfa_enabled(self._account, [kinds.WEBAUTHN]),
            "has_app": is_mfa_enabled(self._account, [kinds.TOTP]),
            "has_codes": is_mfa_enabled(self._account, [kinds.RECOVERY_CODES]),
        }

    @property
    def _account(self) -> Account:
        account: Account = self.stage.login.user
        return account


class CodeAgainView(base_views.ReauthenticateView):
    """A code once more, before something that matters."""

    template_name = "mfa/code_again.html"
    form_class = ReauthenticateForm


@method_decorator(never_cache, name="dispatch")
class AddAppView(totp_views.ActivateTOTPView):
    """Scan the square, type the first code."""

    template_name = "mfa/app_add.html"
    form_class = ActivateTOTPForm

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Add it and record that."""
        response: HttpResponse = super().form_valid(form)
        _record(self.request, self.request.user, "account.second_factor_added", details={"kind": "totp"})
        return response


class RemoveAppView(totp_views.DeactivateTOTPView):
    """The password alone is enough again, unless there are passkeys."""

    template_name = "mfa/app_remove.html"

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Remove it and record that."""
        response: HttpResponse = super().form_valid(form)
        _record(self.request, self.request.user, "account.second_factor_removed", details={"kind": "totp"})
        return response


@method_decorator(never_cache, name="dispatch")
class RecoveryCodesView(code_views.ViewRecoveryCodesView):
    """The codes that are left."""

    template_name = "mfa/recovery_codes.html"


class NewRecoveryCodesView(code_views.GenerateRecoveryCodesView):
    """New codes; the old ones stop working."""

    template_name = "mfa/recovery_codes_new.html"

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Make them and record that."""
        response: HttpResponse = super().form_valid(form)
        details = {"kind": "recovery_codes"}
        _record(self.request, self.request.user, "account.second_factor_added", details=details)
        return response


class DownloadRecoveryCodesView(code_views.DownloadRecoveryCodesView):
    """The codes as a text file."""

    template_name = "mfa/recovery_codes_file.txt"


def _record(
    request: HttpRequest,
    account: Any,  # Django's request.user is more than our Account; these pages have one
    tag: str,
    result: Result = Result.SUCCESS,
    details: dict[str, str] | None = None,
) -> None:
    record_event(request, account, tag, result=result, details=details)
