"""Around requests: programs take the short way, and people find their way back to the application.

Programs' addresses are answered before everything that only people need: sessions, CSRF, languages, pages.
What is here carries its proof in the request itself, or is public; a cookie is never looked at. Only
addresses of `settings.PROGRAM_URLCONF` pass by: any other goes the long way, so that forgetting to list
one costs speed and not safety.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, ResolverMatch, get_resolver

from tidegate.oauth.returning import allow_form_to
from tidegate.oauth.waiting import waiting_sources

type Respond = Callable[[HttpRequest], HttpResponseBase]


class ProgramMiddleware:
    """Runs the view of a program's address, with Django's security headers and nothing else around it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self._resolver = get_resolver(settings.PROGRAM_URLCONF)
        self._secure = SecurityMiddleware(respond)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a program, or pass on."""
        match = self._find(request.path_info)
        if match is None:
            return self.respond(request)
        request.resolver_match = match
        return self._secure.process_response(request, self._run(request, match))

    def _find(self, path: str) -> ResolverMatch | None:
        """The view of an address; clients whose base address ends in a slash write two."""
        try:
            return self._resolver.resolve(_SLASHES.sub("/", path) if "//" in path else path)
        except Resolver404:
            return None

    def _run(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
        # Raises DisallowedHost for a name that the operator did not allow, as the long way does.
        request.get_host()
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        answer.headers["Content-Length"] = str(len(answer.content))
        return answer


class ReturnMiddleware:
    """Lets the sign-in's forms lead to the application that sent the person there.

    A form's policy (Content-Security-Policy, `form-action`) binds everything that its answer redirects to,
    up to the application's own registered address.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then widen the policy of a page on the way."""
        response = self.respond(request)
        if request.path_info.startswith(_ON_THE_WAY) and response.status_code != 302:
            sources = waiting_sources(request)
            if sources:
                allow_form_to(response, *sources)
        return response


_SLASHES = re.compile(r"//+")
_ON_THE_WAY = ("/sign-in", "/sign-up", "/account/")
