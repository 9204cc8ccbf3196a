"""A person's own page, and the two choices that every page offers."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tidegate.accounts.destination import local_or
from tidegate.accounts.forms.profile import PreferencesForm, ProfileForm
from tidegate.accounts.models import Account

_YEAR = 365 * 24 * 3600


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Name, language, theme, time zone; and the way to everything else of the account."""
    account = request.user
    assert isinstance(account, Account)  # noqa: S101  what login_required is for
    initial = {} if account.language else {"language": getattr(request, "LANGUAGE_CODE", "en")[:2]}
    form = ProfileForm(request.POST or None, instance=account, initial=initial)
    if not form.is_valid():
        # A form that was refused has written into the account what it was sent; the frame shows the account.
        account.refresh_from_db()
        return render(request, "account/profile.html", {"form": form})
    form.save()
    with override(account.language):
        messages.success(request, _("Your profile is saved."))
    return _keep_language(request, redirect("account_profile"), account.language)


@require_POST
def choose_preferences(request: HttpRequest) -> HttpResponse:
    """Language or theme, from any page and back to it; before signing in, only for this browser."""
    form = PreferencesForm(request.POST)
    response = redirect(local_or(request.POST.get("next", ""), reverse("account_profile")))
    if not form.is_valid():
        for name, words in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, words))}")
        return response
    chosen = form.chosen()
    if isinstance(request.user, Account) and chosen:
        Account.objects.filter(pk=request.user.pk).update(**chosen)
    return _keep_language(request, response, chosen.get("language", ""))


def _keep_language(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
