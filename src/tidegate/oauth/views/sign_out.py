"""The end of a session at an application's wish (OpenID Connect RP-Initiated Logout 1.0).

A link of another site must not sign anybody out by itself: unless it carries an id token of this very
person, the page asks first. Afterwards the browser tells each application that the person signed in to
in this session (OpenID Connect Front-Channel Logout 1.0).
"""

import uuid
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tidegate.accounts.actors import actor_of
from tidegate.accounts.lasting import sign_out
from tidegate.core.ids import parse_uuid
from tidegate.directory.applications import find_application
from tidegate.directory.models import Application
from tidegate.oauth.authorization import read_form
from tidegate.oauth.errors import StsError, TokenRefused
from tidegate.oauth.form import Form
from tidegate.oauth.people import find_person
from tidegate.oauth.places import find_place
from tidegate.oauth.redirects import find_redirect
from tidegate.oauth.returning import FoundAnywhere, allow_form_to
from tidegate.oauth.tokens import verify
from tidegate.oauth.views.pages import show_errors
from tidegate.oauth.waiting import list_clients


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@show_errors
def end_session(request: HttpRequest, tenant: str) -> HttpResponse:
    """Ask, or sign out at once where the application shows whom it means."""
    if request.method == "POST":
        # A form of another site arrives without our cookies, so the same is asked for again as a link.
        return HttpResponseRedirect(f"{request.path}?{request.POST.urlencode()}", status=303)
    find_place(tenant)
    form = read_form(dict(request.GET.lists()))
    back = _find_back(request, form)
    if not request.user.is_authenticated or _is_hinted(request, form.get("id_token_hint", "")):
        return _end(request, back)
    response = render(request, "oauth/sign_out.html", {"actor": actor_of(request), "query": urlencode(form)})
    if back:
        allow_form_to(response, _origin_of(back))
    return response


@require_POST
@show_errors
def confirm(request: HttpRequest) -> HttpResponse:
    """The answer to the question: end the session."""
    return _end(request, _find_back(request, read_form(dict(request.GET.lists()))))


def _end(request: HttpRequest, back: str) -> HttpResponse:
    """Sign out, tell the applications through the browser, go on to where the application waits."""
    told = [each.logout_url for each in _signed_in_to(request) if each.logout_url]
    if request.user.is_authenticated:
        sign_out(request)
    if back and not told:
        return FoundAnywhere(headers={"Location": back})
    response = render(request, "oauth/signed_out.html", {"back": back, "told": told})
    policy = {**settings.SECURE_CSP, "frame-src": sorted({_origin_of(url) for url in told})}
    response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001  as Django's own decorator does
    return response


def _find_back(request: HttpRequest, form: Form) -> str:
    """Where to go afterwards: an address that an application concerned registered; "" for any other."""
    uri = form.get("post_logout_redirect_uri", "")
    if not uri:
        return ""
    for application in _concerned(request, form):
        try:
            find_redirect(application, uri)
        except StsError:
            continue
        sign = "&" if urlsplit(uri).query else "?"
        return f"{uri}{sign}{urlencode({'state': form['state']})}" if form.get("state") else uri
    return ""


def _concerned(request: HttpRequest, form: Form) -> list[Application]:
    """The application that the request names, and those of this session."""
    named = [form.get("client_id", ""), str(_read_hint(form.get("id_token_hint", "")).get("aud", ""))]
    ids = [client_id for client_id in map(parse_uuid, named) if client_id]
    return [*_find_all(ids), *_signed_in_to(request)]


def _signed_in_to(request: HttpRequest) -> list[Application]:
    return _find_all(list_clients(request))


def _find_all(client_ids: list[uuid.UUID]) -> list[Application]:
    found = (find_application(client_id) for client_id in client_ids)
    return [application for application in found if application]


def _is_hinted(request: HttpRequest, hint: str) -> bool:
    """Whether an id token of ours is about the person who is signed in; it may have ended long ago."""
    claims = _read_hint(hint)
    tenant_id, user_id = parse_uuid(str(claims.get("tid", ""))), parse_uuid(str(claims.get("oid", "")))
    if tenant_id is None or user_id is None:
        return False
    user = find_person(tenant_id, user_id)
    return user is not None and user.account_id == actor_of(request).account_id


def _read_hint(hint: str) -> dict[str, object]:
    try:
        return verify(hint) if hint else {}
    except TokenRefused:
        return {}


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
