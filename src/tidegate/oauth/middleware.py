"""Programs' addresses are answered before everything that only people need: sessions, CSRF, languages, pages.

What is here carries its proof in the request itself, or is public; a cookie is never looked at. Only
addresses of `settings.PROGRAM_URLCONF` pass by: any other goes the long way, so that forgetting to list
one costs speed and not safety.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, get_resolver

type Respond = Callable[[HttpRequest], HttpResponseBase]


class ProgramMiddleware:
    """Runs the view of a program's address, with Django's security headers and nothing else around it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self._resolver = get_resolver(settings.PROGRAM_URLCONF)
        self._answer = SecurityMiddleware(self._run)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a program, or pass on."""
        try:
            request.resolver_match = self._resolver.resolve(request.path_info)
        except Resolver404:
            return self.respond(request)
        return self._answer(request)

    def _run(self, request: HttpRequest) -> HttpResponse:
        # Raises DisallowedHost for a name that the operator did not allow, as the long way does.
        request.get_host()
        view, arguments, names = request.resolver_match  # type: ignore[misc]
        answer: HttpResponse = view(request, *arguments, **names)
        answer.headers["Content-Length"] = str(len(answer.content))
        return answer
