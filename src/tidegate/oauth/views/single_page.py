"""Single page applications redeem codes from a browser: Cross-Origin Resource Sharing, for those alone."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from tidegate.core.ids import parse_uuid
from tidegate.directory.applications import find_application
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import parse_form

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def allow_single_page[**P](view: View[P]) -> View[P]:
    """Around the token endpoint: a page may read the answer that belongs to a registered application."""

    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        origin = request.META.get("HTTP_ORIGIN", "")
        if not origin:
            return view(request, *args, **kwargs)
        if request.method == "OPTIONS":
            # Asked before anything is sent, so nobody is named yet; the answer itself is what is guarded.
            return _open(HttpResponse(status=204), origin)
        response = view(request, *args, **kwargs)
        return _open(response, origin) if _is_registered(request, origin) else response

    return run


def _open(response: HttpResponse, origin: str) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "content-type, client-request-id"
    response.headers["Vary"] = "Origin"
    return response


def _is_registered(request: HttpRequest, origin: str) -> bool:
    try:
        client_id = parse_uuid(parse_form(request.body.decode(errors="replace")).get("client_id", ""))
    except StsError:
        return False
    application = find_application(client_id) if client_id else None
    if application is None:
        return False
    pages = [row["uri"] for row in application.redirect_uris if row["platform"] == "spa"]
    return any(f"{urlsplit(uri).scheme}://{urlsplit(uri).netloc}" == origin for uri in pages)
