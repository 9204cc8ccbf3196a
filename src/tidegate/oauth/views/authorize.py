"""Where a person's browser arrives from an application (RFC 6749, section 3.1), and leaves with a code."""

import hashlib
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tidegate.oauth.actions.codes import CodeTerms, give_code
from tidegate.oauth.authorization import (
    AuthorizationRequest,
    Destination,
    read_destination,
    read_form,
    read_request,
)
from tidegate.oauth.consent import Question, find_question
from tidegate.oauth.consenting import accept
from tidegate.oauth.entering import Entered, enter, note_sign_in
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form
from tidegate.oauth.id_tokens import make_client_info
from tidegate.oauth.places import find_place, origin_of
from tidegate.oauth.returning import allow_form_to, send_back, send_error_back
from tidegate.oauth.tokens import Version
from tidegate.oauth.views.consent_page import show_question
from tidegate.oauth.views.pages import show_error, show_errors
from tidegate.oauth.views.steps import identify
from tidegate.oauth.waiting import begin_waiting, end_waiting, note_client

# The longest address to which the portal's sign-in leads back.
LONGEST: Final = 4096
NEEDS_ADMINISTRATOR: Final = 90094


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@show_errors
def authorize(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """Give the application a code for its person, once everything that is to be asked was answered."""
    if request.method == "POST":
        # A form of another site arrives without our cookies, so the same is asked for again as a link.
        return HttpResponseRedirect(f"{request.path}?{request.POST.urlencode()}", status=303)
    return _advance(request, tenant, version)


@require_POST
@show_errors
def consent(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """The answer to the question on the page of the same request."""
    return _advance(request, tenant, version)


def _advance(request: HttpRequest, tenant: str, version: Version) -> HttpResponse:
    """One step further: to a page, or back to the application."""
    form = read_form(dict(request.GET.lists()))
    destination = read_destination(form, find_place(tenant), version)
    address = f"{request.path.rpartition('/')[0]}/authorize?{request.META['QUERY_STRING']}"
    if len(address) > LONGEST:
        raise StsError(90015)
    try:
        asked = read_request(form, destination, origin_of(request))
        page = identify(request, address, asked)
        return page or _settle(request, address, asked, form)
    except StsError as error:
        end_waiting(request, address)
        return send_error_back(request, destination, error)


def _settle(request: HttpRequest, address: str, asked: AuthorizationRequest, form: Form) -> HttpResponse:
    """The person is known: may they enter, and is anything to be consented to? Raises StsError."""
    destination = asked.destination
    try:
        entered = enter(request, destination.place, destination.application)
    except StsError as error:
        return _refuse_entry(request, address, asked, error)
    decision = request.POST.get("decision", "")
    if decision == "deny":
        note_sign_in(request, entered.user.tenant_id, destination.application, 65004, entered.user)
        raise StsError(65004)
    question = find_question(entered, asked.asked, asked.prompts)
    if question is not None:
        if asked.is_silent:
            raise StsError(65001, error="consent_required", client=destination.client_id)
        problem = accept(question, request.POST) if decision == "accept" else ""
        if decision != "accept" or problem:
            return _ask(request, address, destination, question, problem)
    return _give(request, address, asked, entered, form)


def _refuse_entry(
    request: HttpRequest, address: str, asked: AuthorizationRequest, error: StsError
) -> HttpResponse:
    """A page, since another account may help; or back, where nothing may be shown. Raises StsError."""
    if asked.is_silent:
        silent = StsError(16000, tenant=asked.destination.place.text) if error.number == 50020 else error
        raise silent
    begin_waiting(request, address, asked.destination.redirect.origin)
    response = show_error(request, error, address=address, application=asked.destination.application)
    allow_form_to(response, asked.destination.redirect.origin)
    return response


def _ask(
    request: HttpRequest, address: str, destination: Destination, question: Question, problem: str
) -> HttpResponse:
    begin_waiting(request, address, destination.redirect.origin)
    if not question.may_answer:
        user = question.entered.user
        note_sign_in(request, user.tenant_id, destination.application, NEEDS_ADMINISTRATOR, user)
    path, _sign, query = address.partition("?")
    answer_url = f"{path.removesuffix('authorize')}consent?{query}"
    response = show_question(
        request,
        question,
        status=400 if problem else 200,
        problem=problem,
        address=address,
        answer_url=answer_url,
        leads_to=destination.redirect.origin,
    )
    allow_form_to(response, destination.redirect.origin)
    return response


def _give(
    request: HttpRequest, address: str, asked: AuthorizationRequest, entered: Entered, form: Form
) -> HttpResponse:
    destination, user = asked.destination, entered.user
    terms = CodeTerms(
        client_id=destination.client_id,
        asked=asked.asked,
        version=destination.version,
        redirect=destination.redirect,
        nonce=asked.nonce,
        code_challenge=asked.code_challenge,
        code_challenge_method=asked.code_challenge_method,
    )
    code = give_code(user, entered.signed_in_at, terms)
    resource = asked.asked.audience.resource or ""
    note_sign_in(request, user.tenant_id, destination.application, 0, user, resource)
    end_waiting(request, address)
    note_client(request, destination.client_id)
    values = {
        "code": code,
        "client_info": make_client_info(user) if form.get("client_info") == "1" else "",
        "session_state": _session_state(request),
        "admin_consent": "True" if "admin_consent" in asked.prompts else "",
    }
    return send_back(request, destination, values)


def _session_state(request: HttpRequest) -> str:
    """A name for this browser's session that tells nothing of it."""
    key = request.session.session_key or ""
    return hashlib.sha256(f"session state {key}".encode()).hexdigest()[:32]
