"""The usual request of an application, answered beside Django's handler: a form with a secret that holds.

What is asked a thousand times a second goes through the same functions as any other request for a token, but
not through the signals, the middleware and the objects around them that it has no use for. Whatever else is
sent, and whatever is refused or fails for any reason, is handed to Django as if nobody had looked at it: so
errors are said, counted and logged in one place, and what is forgotten here costs speed and not safety.
"""

import io
import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.types import StartResponse

from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest
from django.middleware.security import SecurityMiddleware

from tidegate.oauth.answers import answer_json, write_tokens
from tidegate.oauth.grants.client_credentials import redeem_at_once
from tidegate.oauth.journal import note_request
from tidegate.oauth.models import SignIn
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version
from tidegate.oauth.views.token import read_request

type Environ = dict[str, Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]

LONGEST: Final = 4_096
"""Bytes of a form that is looked at here; the usual one has three hundred."""

_PATH: Final = re.compile(r"/([A-Za-z0-9.-]+)/oauth2/(v2\.0/)?token")
_FORM: Final = "application/x-www-form-urlencoded"
_GRANT: Final = SignIn.Grant.CLIENT_CREDENTIALS.value
# A browser's page may read the answer of its own application alone; errors name the scheme of a header.
_UNUSUAL: Final = frozenset({"HTTP_ORIGIN", "HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING"})


class Express:
    """The server's WSGI application: what is answered here, and `django` for everything else."""

    def __init__(self, django: Application) -> None:
        self._django = django
        self._secure = SecurityMiddleware(lambda _: answer_json({}))
        # What every answer of this kind has but for its length, over HTTPS and without.
        self._headers: dict[bool, list[tuple[str, str]]] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        path = _PATH.fullmatch(environ["PATH_INFO"])
        if path is None or not _is_usual(environ):
            return self._django(environ, start_response)
        sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(sent)
        request = WSGIRequest(environ)
        body = _try(request, path[1], Version.V2 if path[2] else Version.V1)
        if body is None:
            environ["wsgi.input"] = io.BytesIO(sent)
            return self._django(environ, start_response)
        start_response("200 OK", [*self._get_headers(request), ("Content-Length", str(len(body)))])
        return [body]

    def _get_headers(self, request: HttpRequest) -> list[tuple[str, str]]:
        is_secure = request.is_secure()
        if is_secure not in self._headers:
            answer = self._secure.process_response(request, answer_json({}))
            self._headers[is_secure] = list(answer.items())
        return self._headers[is_secure]


def _is_usual(environ: Environ) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE", "").startswith(_FORM)
        and length.isascii()
        and length.isdigit()
        and len(length) <= len(str(LONGEST))
        and int(length) <= LONGEST
        and _UNUSUAL.isdisjoint(environ)
    )


def _try(request: HttpRequest, tenant: str, version: Version) -> bytes | None:
    """The body of the answer; None for whatever Django is to answer."""
    # As Django does when a request begins; what grew old meanwhile is found by the next one.
    close_old_connections()
    try:
        return _issue(request, tenant, version)
    except Exception:  # noqa: BLE001  whatever it was, it happens again where it is said and logged
        return None


def _issue(request: HttpRequest, tenant: str, version: Version) -> bytes | None:
    asked = read_request(request, tenant, version, Sender.of(request))
    issued = redeem_at_once(asked) if asked.form.get("grant_type") == _GRANT else None
    if issued is None:
        return None
    note_request(asked, _GRANT)
    return write_tokens(issued, version)
