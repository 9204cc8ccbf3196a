"""The pages that stand between an application and its answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from tidegate.accounts.actors import actor_of
from tidegate.oauth.answers import describe_error
from tidegate.oauth.errors import StsError
from tidegate.oauth.sender import Sender

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def show_errors[**P](view: View[P]) -> View[P]:
    """Around a view of people: an error that may be sent nowhere becomes a page."""

    @never_cache
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except StsError as error:
            return show_error(request, error)

    return run


def show_error(request: HttpRequest, error: StsError, **more: Any) -> HttpResponse:
    """The page for an error: what happened, in words and with the ids that a support desk asks for."""
    body = describe_error(error, Sender.of(request))
    context = {"error": error, "body": body, "actor": actor_of(request), **more}
    status = 400 if error.entry.status == 401 else error.entry.status
    response = render(request, "oauth/error.html", context, status=status)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def send_to_sign_in(address: str, login_hint: str = "") -> HttpResponse:
    """To the portal's own sign-in, and back to this address."""
    hint = {"login_hint": login_hint} if login_hint else {}
    return HttpResponseRedirect(f"/sign-in?{urlencode({'next': address, **hint})}")
