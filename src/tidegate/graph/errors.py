"""Errors in Microsoft Graph's shape, and in its own codes, which clients branch on.

Microsoft, "Microsoft Graph error responses and resource types". Parts of Graph were made apart from each
other and still name the same refusals differently; each part here has a dialect.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
from django.http import HttpResponse

from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale, TidegateError
from tidegate.feeds.errors import Throttled
from tidegate.oauth.endpoint import MethodNotAllowed
from tidegate.oauth.errors import TokenRefused


class DependencyFailed(TidegateError):
    """A request of a batch was not run, since one that it depends on failed."""

    code = "dependency_failed"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a part of Graph calls the commonest refusals."""

    not_found: str
    bad_request: str
    conflict: str


SECURITY: Final = Dialect("ResourceNotFound", "BadRequest", "Conflict")
DIRECTORY: Final = Dialect(
    "Request_ResourceNotFound", "Request_BadRequest", "Request_MultipleObjectsWithSameKeyValue"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An error as a status, a code and a message, and the headers that go with it."""

    status: int
    code: str
    message: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class GraphShape:
    """Says errors in one dialect."""

    dialect: Dialect

    def __call__(self, error: Exception, request_id: str, client_request_id: str) -> HttpResponse:
        """The answer to a request that this error ended."""
        answer = self.read(error)
        inner = {
            "date": clock.now().strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id,
        }
        body = {"error": {"code": answer.code, "message": answer.message, "innerError": inner}}
        return HttpResponse(
            msgspec.json.encode(body),
            status=answer.status,
            content_type="application/json",
            headers=answer.headers,
        )

    def read(self, error: Exception) -> Answer:  # noqa: PLR0911  one for each kind of error
        """What the error is on the wire."""
        match error:
            case TokenRefused():
                # RFC 6750, section 3.
                headers = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
                return Answer(401, "InvalidAuthenticationToken", error.message, headers)
            case Forbidden():
                message = f"Insufficient privileges to complete the operation. {error.message}"
                return Answer(403, "Authorization_RequestDenied", message, {})
            case NotFound():
                return Answer(404, self.dialect.not_found, error.message or "There is no such resource.", {})
            case InvalidInput():
                return Answer(400, self.dialect.bad_request, error.message, {})
            case Stale():
                # RFC 9110, section 13.1.1: only who named a version can find another.
                return Answer(412, "PreconditionFailed", error.message, {})
            case Conflict():
                return Answer(409, self.dialect.conflict, error.message, {})
            case Throttled():
                return Answer(429, "TooManyRequests", error.message, {"Retry-After": str(error.retry_after)})
            case DependencyFailed():
                return Answer(424, "FailedDependency", "A request that this one depends on failed.", {})
            case MethodNotAllowed():
                headers = {"Allow": ", ".join(error.allowed)}
                return Answer(405, self.dialect.bad_request, error.message, headers)
            case _:
                return Answer(500, "InternalServerError", "The request could not be completed.", {})
