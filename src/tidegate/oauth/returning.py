"""Back to the application, with what it gets or with why it gets nothing (RFC 6749, section 4.1.2)."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from tidegate.oauth.answers import describe_error
from tidegate.oauth.authorization import Destination
from tidegate.oauth.errors import StsError
from tidegate.oauth.sender import Sender

_SENT: Final = ("error", "error_description")


class FoundAnywhere(HttpResponse):
    """A redirect to whatever scheme a native client registered; Django's own knows a few only."""

    status_code = 302


def send_back(request: HttpRequest, destination: Destination, values: Mapping[str, str]) -> HttpResponse:
    """Send the browser to the application with these values, the way it asked for."""
    given = {name: value for name, value in values.items() if value}
    if destination.state:
        given["state"] = destination.state
    uri = destination.redirect.uri
    if destination.mode == "form_post":
        return _post_back(request, destination, given)
    sign = "#" if destination.mode == "fragment" else "&" if urlsplit(uri).query else "?"
    response = FoundAnywhere(headers={"Location": f"{uri}{sign}{urlencode(given)}"})
    # The address that holds the code is nobody else's matter.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def send_error_back(request: HttpRequest, destination: Destination, error: StsError) -> HttpResponse:
    """Send the browser to the application with an error."""
    body = describe_error(error, Sender.of(request))
    return send_back(request, destination, {name: str(body[name]) for name in _SENT})


def allow_form_to(response: HttpResponseBase, *sources: str) -> None:
    """Let the forms of one page lead to these addresses too: browsers follow what is submitted to its end."""
    policy = dict(getattr(response, "_csp_config", settings.SECURE_CSP))
    policy["form-action"] = [*policy["form-action"], *sources]
    response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001  as Django's own decorator does


def _post_back(request: HttpRequest, destination: Destination, values: Mapping[str, str]) -> HttpResponse:
    """OAuth 2.0 Form Post Response Mode: a page with a form that its script sends at once."""
    context = {"destination": destination, "values": values.items()}
    response = render(request, "oauth/form_post.html", context)
    allow_form_to(response, destination.redirect.origin)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
