"""The steps of a person between an application and its code: who are they, which account, may they enter.

Each step looks anew on every visit of the same address, and gives the page that comes next, or None.
"""

import time
from typing import Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tidegate.accounts.actors import actor_of, client_address
from tidegate.accounts.again import can_be_asked
from tidegate.accounts.lasting import signed_in_at
from tidegate.oauth.authorization import AuthorizationRequest, Destination
from tidegate.oauth.errors import StsError
from tidegate.oauth.guessing import Guesses, place_of
from tidegate.oauth.returning import allow_form_to
from tidegate.oauth.views.pages import send_to_sign_in
from tidegate.oauth.waiting import begin_waiting, find_waiting

# A whole shift may arrive from behind one address.
arriving: Final = Guesses(at_most=200)


def identify(request: HttpRequest, address: str, asked: AuthorizationRequest) -> HttpResponse | None:
    """Let the person sign in, show once more who they are, choose an account: whatever is asked for.

    Raises StsError where that would have to be asked and the application wants nothing shown.
    """
    if asked.is_silent:
        _check_silently(request, asked)
        return None
    source = asked.destination.redirect.origin
    if not request.user.is_authenticated:
        _check_crowd(request)
        begin_waiting(request, address, source)
        return send_to_sign_in(address, asked.login_hint)
    return _show_again(request, address, asked) or _choose(request, address, asked)


def _check_crowd(request: HttpRequest) -> None:
    """Raise StsError for an address from which too many come who bring no session: each begins one."""
    who = (place_of(client_address(request)),)
    if request.session.session_key is None:
        arriving.check(who)
        arriving.note(who)


def _check_silently(request: HttpRequest, asked: AuthorizationRequest) -> None:
    if not request.user.is_authenticated:
        raise StsError(50058)
    if _is_another(request, asked) or (asked.max_age is not None and _is_older(request, asked.max_age)):
        raise StsError(50058)


def _show_again(request: HttpRequest, address: str, asked: AuthorizationRequest) -> HttpResponse | None:
    """To the page that asks for password or passkey once more, if the sign-in is not new enough."""
    is_too_old = asked.max_age is not None and _is_older(request, asked.max_age)
    if "login" not in asked.prompts and not is_too_old:
        return None
    waiting = find_waiting(request, address)
    if (waiting and waiting.was_answered(request)) or not can_be_asked(request):
        return None
    begin_waiting(request, address, asked.destination.redirect.origin)
    return redirect_to_login(address, reverse("account_reauthenticate"))


def _choose(request: HttpRequest, address: str, asked: AuthorizationRequest) -> HttpResponse | None:
    """The page that asks whether this account is the one that is meant."""
    if "select_account" not in asked.prompts and not _is_another(request, asked):
        return None
    waiting = find_waiting(request, address)
    if waiting and (waiting.is_chosen or waiting.was_answered(request)):
        return None
    begin_waiting(request, address, asked.destination.redirect.origin)
    return show_choice(request, address, asked.destination, asked.login_hint)


def show_choice(
    request: HttpRequest, address: str, destination: Destination, login_hint: str = ""
) -> HttpResponse:
    """Continue with this account, or use another."""
    context = {
        "application": destination.application,
        "address": address,
        "actor": actor_of(request),
        "login_hint": login_hint,
    }
    response = render(request, "oauth/choose_account.html", context)
    allow_form_to(response, destination.redirect.origin)
    return response


def _is_another(request: HttpRequest, asked: AuthorizationRequest) -> bool:
    """Whether the application expects somebody else than who is signed in."""
    hint = asked.login_hint.casefold()
    return "@" in hint and hint != actor_of(request).email.casefold()


def _is_older(request: HttpRequest, seconds: int) -> bool:
    return time.time() - signed_in_at(request).timestamp() > seconds
