"""Where a person types the code that a device shows, and says yes or no to it (RFC 8628, section 3.3)."""

from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.accounts.actors import actor_of
from tidegate.accounts.browsers import describe_browser
from tidegate.directory.applications import find_application
from tidegate.oauth.actions.device_codes import approve, decline, find_by_user_code
from tidegate.oauth.consent import Question, find_question
from tidegate.oauth.consenting import accept
from tidegate.oauth.entering import Entered, enter, note_sign_in
from tidegate.oauth.errors import StsError
from tidegate.oauth.models import DeviceCode
from tidegate.oauth.places import Place
from tidegate.oauth.scopes import Asked
from tidegate.oauth.views.consent_page import show_question
from tidegate.oauth.views.pages import send_to_sign_in, show_errors

GUESSES_AT_MOST: Final = 10
_WINDOW_SECONDS: Final = 600
_ALWAYS: Final = frozenset({"consent"})


@require_http_methods(["GET", "HEAD", "POST"])
@show_errors
def enter_code(request: HttpRequest, tenant: str = "") -> HttpResponse:
    """The field for the code; then what the device asks for; then that it was done."""
    if not request.user.is_authenticated:
        return send_to_sign_in(request.path)
    if request.method != "POST":
        return render(request, "oauth/device_code.html", {"actor": actor_of(request)})
    _check_guesses(request)
    typed = request.POST.get("user_code", "")
    code = find_by_user_code(typed)
    if code is None:
        _count_guess(request)
        problem = _("There is no such code, or its time is over. Codes are good for 15 minutes.")
        context = {"actor": actor_of(request), "problem": problem, "typed": typed[:32]}
        return render(request, "oauth/device_code.html", context, status=400)
    return _decide(request, code, typed)


def _decide(request: HttpRequest, code: DeviceCode, typed: str) -> HttpResponse:
    application = find_application(code.client_id)
    if application is None:
        raise StsError(700016, client=code.client_id, tenant="")
    asked = Asked.load(code.asked)
    entered = enter(request, Place(str(code.asked_tenant_id or "common"), code.asked_tenant_id), application)
    # A device always asks: whoever shows somebody a code of theirs must not get in without a word.
    question = find_question(entered, asked, _ALWAYS) or Question(entered, (), ())
    decision = request.POST.get("decision", "")
    problem = accept(question, request.POST) if decision == "accept" else ""
    if decision not in {"accept", "deny"} or problem:
        return _show(request, code, question, typed, problem)
    return _finish(request, code, entered, asked, is_approved=decision == "accept")


def _finish(
    request: HttpRequest, code: DeviceCode, entered: Entered, asked: Asked, *, is_approved: bool
) -> HttpResponse:
    user, resource = entered.user, asked.audience.resource or ""
    done = approve(code, user, entered.signed_in_at) if is_approved else decline(code)
    if not done:
        raise StsError(70019)
    result = 0 if is_approved else 65004
    note_sign_in(request, user.tenant_id, entered.application, result, user, resource)
    context = {"application": entered.application, "is_approved": is_approved}
    return render(request, "oauth/device_done.html", context)


def _show(
    request: HttpRequest, code: DeviceCode, question: Question, typed: str, problem: str
) -> HttpResponse:
    return show_question(
        request,
        question,
        status=400 if problem else 200,
        problem=problem,
        answer_url=request.path,
        device=code,
        device_name=describe_browser(code.user_agent),
        user_code=typed,
    )


def _check_guesses(request: HttpRequest) -> None:
    """Raise StsError for an account that typed too many wrong codes (RFC 8628, section 5.1)."""
    if cache.get(_key(request), 0) >= GUESSES_AT_MOST:
        raise StsError(90055, retry_after=_WINDOW_SECONDS, seconds=_WINDOW_SECONDS)


def _count_guess(request: HttpRequest) -> None:
    if not cache.add(_key(request), 1, _WINDOW_SECONDS):
        cache.incr(_key(request))


def _key(request: HttpRequest) -> str:
    return f"oauth-user-codes-{actor_of(request).account_id}"
