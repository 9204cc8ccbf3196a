"""What is answered to who tries too often."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_SECONDS = 60


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for status 429: which limit it was is not said, nor is whom it protects."""
    response = render(request, "account/too_many_requests.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(_SECONDS)
    return response


def mark_locked_out(response: HttpResponse) -> HttpResponse:
    """Give a form that was refused because of too many attempts the status that says so."""
    response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    response["Retry-After"] = str(settings.SIGN_IN_LOCK_OUT.seconds)
    return response
