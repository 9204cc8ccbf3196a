"""Errors as pages: the one place where the product's exceptions become HTTP statuses."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from tidegate.accounts.actors import actor_of
from tidegate.audit.actions import record
from tidegate.audit.models import Result
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound, TidegateError
from tidegate.directory.queries import find_home
from tidegate.entitlements.offers import offers_at
from tidegate.web.framing import build_closed_frame, build_frame
from tidegate.web.links import tenant_link
from tidegate.web.my_access import refused_rows
from tidegate.web.visit import Refused, Visit, say

_STATUS: dict[type[TidegateError], int] = {NotFound: 404, Forbidden: 403, InvalidInput: 400, Conflict: 409}


def render_error(request: HttpRequest, error: TidegateError) -> HttpResponse:
    """The page for an error, within the frame of the tenant when one is open."""
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    visit: Visit | None = getattr(request, "visit", None)
    if isinstance(error, Refused):
        return _render_refused(request, error)
    if isinstance(error, Forbidden) and visit:
        record(
            visit.scope,
            "access.refused",
            result=Result.REFUSED,
            details={"permission": error.permission, "page": request.path[:200], "method": request.method},
        )
    frame = build_frame(request, visit.scope, "") if visit else _closed(request)
    context = {
        "frame": frame,
        "error": error,
        "message": say(error),
        "reason": _say_more(error),
        "request_path": request.path,
    }
    return render(request, f"web/errors/{status}.html", context, status=status)


def _say_more(error: TidegateError) -> str:
    """Why it is refused, where that is more than a permission that the page names."""
    is_plain = isinstance(error, Forbidden) and error.message.endswith(f"permission {error.permission}.")
    return "" if is_plain or not error.message else say(error)


def _render_refused(request: HttpRequest, error: Refused) -> HttpResponse:
    actor = actor_of(request)
    home = find_home(actor)
    offers = offers_at(actor, error.asked)
    context = {
        "frame": _closed(request),
        "asked": error.asked,
        "page": request.path,
        "actor": actor,
        "home": home,
        "customers_url": tenant_link("customers", str(home.id)) if home else "/start",
        "other_account_url": reverse("account_logout"),
        "request_access_url": tenant_link("my_access", str(home.id)) if home else "",
        "offers": refused_rows(offers),
        "at": clock.now(),
    }
    return render(request, "web/errors/refused.html", context, status=404)


def _closed(request: HttpRequest) -> object:
    if not request.user.is_authenticated:
        return None
    return build_closed_frame(request, _("Nothing was read or changed."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own 400: a suspicious host, too many fields."""
    return render(request, "web/errors/400.html", {"frame": None, "message": ""}, status=400)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No page at this address."""
    return render(request, "web/errors/404.html", {"frame": _closed(request), "message": ""}, status=404)


def forbidden(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page (CSRF), or Django's own refusal."""
    return render(request, "web/errors/403.html", {"frame": None, "message": ""}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or a database that does not answer: a page that asks no database."""
    is_down = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_down else 500
    response = HttpResponse(render_to_string(f"web/errors/{status}.html", {"frame": None}), status=status)
    if is_down:
        response["Retry-After"] = "10"
    return response
