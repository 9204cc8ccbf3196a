# mypy: allow-subclassing-any
"""Where allauth asks how this portal does things: signing in and up, mail, what is recorded."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override

from tidegate.accounts.actors import client_address
from tidegate.accounts.destination import is_local
from tidegate.accounts.events import record_event, record_failed_sign_in
from tidegate.accounts.invited import forget_invited, invited_email
from tidegate.accounts.models import Account, normalize_email
from tidegate.accounts.words import ACCOUNT_ERRORS, MESSAGES, METHODS, Words


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks, each named as allauth names it."""

    error_messages: ClassVar[Words] = {**DefaultAccountAdapter.error_messages, **ACCOUNT_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Everybody where trial tenants are on offer; else only who was invited."""
        return bool(settings.TRIAL_TENANTS or invited_email(request))

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:  # noqa: FBT001, FBT002  allauth's signature
        """Keep the name, too; and take an invited address as verified."""
        user.display_name = form.cleaned_data["name"]
        user.language = getattr(request, "LANGUAGE_CODE", "")[:2]
        super().save_user(request, user, form, commit=commit)
        if invited_email(request) == user.email:
            self.stash_verified_email(request, user.email)
            forget_invited(request)
        return user

    def clean_email(self, email: str) -> str:
        """Addresses are kept as they are compared."""
        return normalize_email(email)

    def is_safe_url(self, url: str) -> bool:
        """Only pages of this portal."""
        return is_local(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The sender's address; all whose address is unknown share one, and its limits."""
        return client_address(request) or "0.0.0.0"  # noqa: S104  nothing is bound to it

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the host's name in front, so each further name of the portal would allow
        # as many guesses again.
        return normalize_email(credentials.get("email", ""))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the attempt, whether the address has an account or not."""
        record_failed_sign_in(request, credentials.get("email", ""), "wrong email or password")

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """Record the attempt; allauth shows the page."""
        record_failed_sign_in(request, user.email, "account is switched off")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def post_login(self, request: HttpRequest, user: Account, **details: Any) -> HttpResponse:
        """Record who came in, and by what."""
        methods = [_name_method(one) for one in get_authentication_records(request, user)]
        record_event(request, user, "account.signed_in", details={"methods": methods})
        response: HttpResponse = super().post_login(request, user, **details)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Record who left."""
        if isinstance(request.user, Account):
            record_event(request, request.user, "account.signed_out")
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: Account, password: str) -> None:
        """Change, first password and reset all come through here."""
        super().set_password(user, password)
        by_mail = not self.request.user.is_authenticated
        record_event(self.request, user, "account.password_changed", details={"by_mailed_link": by_mail})

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, Any]]:
        """The ways that this person has, in our words."""
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": METHODS[method["id"]]} for method in methods]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where the person came from."""
        return reverse("account_profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail: always to the portal's own address, whatever the request called it."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.BASE_URL}{path.replace('UID-KEY', key)}"

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words, or not at all."""
        words = message or MESSAGES.get(message_template or "")
        if words:
            messages.add_message(request, level, str(words), extra_tags=extra_tags)

    def render_mail(
        self,
        template_prefix: str,
        email: str,
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Plain text, in the language of whom it goes to; its first line is the subject."""
        names = {**context, "base_url": settings.BASE_URL, "email": email}
        template = f"{template_prefix.replace('/email/', '/mail/')}.txt"
        language = getattr(context.get("user"), "language", "") or get_language()
        with override(language):
            subject, _, body = render_to_string(template, names).strip().partition("\n")
        return EmailMessage(subject, f"{body.strip()}\n", self.get_from_email(), [email], headers=headers)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send once what it tells is true for good; a mail server that is away changes no answer."""
        mail = self.render_mail(template_prefix, email, context)
        transaction.on_commit(mail.send, robust=True)


def _name_method(record: dict[str, Any]) -> str:
    kind = str(record.get("type") or record.get("method", ""))
    if kind == "webauthn":
        return "passkey" if record.get("passwordless") else "passkey as second step"
    return kind
