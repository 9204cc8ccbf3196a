"""Where an administrator lets an application in for everybody (Microsoft, "Admin consent")."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tidegate.authorization.api_permissions import ApiPermission
from tidegate.directory.models import Application
from tidegate.oauth.authorization import Destination, read_application, read_form
from tidegate.oauth.consent import Question, in_order, required_of
from tidegate.oauth.consenting import accept
from tidegate.oauth.delegation import wanted
from tidegate.oauth.entering import Entered, enter, note_sign_in
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form
from tidegate.oauth.places import Place, find_place, origin_of
from tidegate.oauth.redirects import find_redirect
from tidegate.oauth.returning import allow_form_to, send_back, send_error_back
from tidegate.oauth.scopes import read_asked
from tidegate.oauth.tokens import Version
from tidegate.oauth.views.consent_page import show_question
from tidegate.oauth.views.pages import send_to_sign_in, show_errors
from tidegate.oauth.waiting import begin_waiting, end_waiting


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the administrator, and where their answer goes, if it goes anywhere."""

    application: Application
    place: Place
    permissions: Collection[ApiPermission]
    destination: Destination | None
    scope: str

    @property
    def sources(self) -> list[str]:
        """Where the form leads."""
        return [self.destination.redirect.origin] if self.destination else []


@require_http_methods(["GET", "HEAD", "POST"])
@show_errors
def consent(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """Ask, grant, and tell the application; without an address of its own, tell the administrator."""
    asked = _read(read_form(dict(request.GET.lists())), find_place(tenant), version, origin_of(request))
    address = request.get_full_path()
    for source in asked.sources:
        begin_waiting(request, address, source)
    if not request.user.is_authenticated:
        return send_to_sign_in(address)
    entered = enter(request, asked.place, asked.application)
    shown = in_order(asked.permissions)
    question = Question(entered, shown, shown, for_everybody=True)
    decision = request.POST.get("decision", "")
    problem = accept(question, request.POST) if decision == "accept" else ""
    if decision not in {"accept", "deny"} or problem:
        return _show(request, address, asked, question, problem)
    end_waiting(request, address)
    note_sign_in(
        request, entered.user.tenant_id, asked.application, 0 if decision == "accept" else 65004, entered.user
    )
    return _finish(request, asked, entered, is_granted=decision == "accept")


def _read(form: Form, place: Place, version: Version, origin: str) -> _Asked:
    application = read_application(form, place)
    destination = None
    if uri := form.get("redirect_uri", ""):
        redirect = find_redirect(application, uri)
        destination = Destination(place, version, application, redirect, "query", form.get("state", ""))
    scope = form.get("scope", "") if version == Version.V2 else ""
    return _Asked(application, place, _permissions(form, application, version, origin), destination, scope)


def _permissions(
    form: Form, application: Application, version: Version, origin: str
) -> Collection[ApiPermission]:
    """Everything that the application says it needs; with `scope`, only what that names."""
    required = required_of(application)
    if version == Version.V1 or "scope" not in form:
        return required
    asked = read_asked(form, version, origin)
    of_apis = {each for each in required if each.resource in asked.audience.resources}
    return wanted(asked, application) | (of_apis if asked.wants_all else frozenset())


def _show(
    request: HttpRequest, address: str, asked: _Asked, question: Question, problem: str
) -> HttpResponse:
    response = show_question(
        request,
        question,
        status=400 if problem else 200,
        problem=problem,
        address=address,
        answer_url=address,
        leads_to=asked.sources[0] if asked.sources else "",
    )
    allow_form_to(response, *asked.sources)
    return response


def _finish(request: HttpRequest, asked: _Asked, entered: Entered, *, is_granted: bool) -> HttpResponse:
    if asked.destination is None:
        context = {
            "application": asked.application,
            "tenant": entered.user.tenant,
            "is_granted": is_granted,
        }
        return render(request, "oauth/admin_consent_done.html", context)
    if not is_granted:
        return send_error_back(request, asked.destination, StsError(65004, error="permission_denied"))
    values = {"admin_consent": "True", "tenant": str(entered.user.tenant_id), "scope": asked.scope}
    return send_back(request, asked.destination, values)
