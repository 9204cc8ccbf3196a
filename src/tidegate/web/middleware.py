"""Around every request: language and time zone of the reader, and errors turned into pages."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from tidegate.accounts.models import Account
from tidegate.core.errors import TidegateError
from tidegate.web.errors import render_error

type Respond = Callable[[HttpRequest], HttpResponseBase]


class LanguageMiddleware:
    """The account's language, else the cookie's, else the browser's; times in the account's zone."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate both for the length of the request."""
        with translation.override(translation.get_language_from_request(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.respond(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
            patch_vary_headers(response, ("Accept-Language",))
        return response


class PortalMiddleware:
    """Pages of people are never cached; what the product refuses becomes a page that says so."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Prepare for the signed-in person, answer, forbid caching."""
        account = request.user
        if isinstance(account, Account):
            if account.language:
                translation.activate(account.language)
                request.LANGUAGE_CODE = account.language
            with timezone.override(ZoneInfo(account.time_zone)):
                response = self.respond(request)
        else:
            response = self.respond(request)
        add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn the product's own errors into pages; all others are faults and go on."""
        return render_error(request, error) if isinstance(error, TidegateError) else None
