"""Errors as the Defender APIs say them (Microsoft, "Common REST API error codes"): code, message, target.

The SIEM API's own page names no more than the statuses; its errors are said in the same words.
"""

from dataclasses import dataclass, field

import msgspec
from django.http import HttpResponse

from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound, TidegateError
from tidegate.feeds.errors import Throttled
from tidegate.oauth.endpoint import MethodNotAllowed
from tidegate.oauth.errors import TokenRefused
from tidegate.odata.errors import BadQuery


class BadBody(InvalidInput):
    """A body that is no JSON object, or that has members of another kind than they should be."""

    code = "InvalidRequestBody"


class MissingParameter(InvalidInput):
    """A member of the body that must be there is not."""

    code = "MissingRequiredParameter"


class BatchTooLarge(InvalidInput):
    """More objects at once than are taken."""

    code = "MaximumBatchSizeExceeded"


class NoResource(NotFound):
    """What a request names besides the object in its address is not there, or not to be seen."""

    code = "ResourceNotFound"


@dataclass(frozen=True, slots=True)
class Answer:
    """An error as a status, a code and a message, and the headers that go with it."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


def shape_error(error: Exception, request_id: str, client_request_id: str) -> HttpResponse:
    """The answer to a request that this error ended; `target` is the id to find it by on both sides."""
    answer = read_error(error)
    body = {"error": {"code": answer.code, "message": answer.message, "target": client_request_id}}
    return HttpResponse(
        msgspec.json.encode(body),
        status=answer.status,
        content_type="application/json; charset=utf-8",
        headers=answer.headers,
    )


def read_error(error: Exception) -> Answer:  # noqa: C901, PLR0911  one for each kind of error
    """What an error is on the wire."""
    match error:
        case TokenRefused():
            # RFC 6750, section 3.
            headers = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
            return Answer(401, "Unauthorized", error.message, headers)
        case Throttled():
            return Answer(429, "TooManyRequests", error.message, {"Retry-After": str(error.retry_after)})
        case Forbidden():
            return Answer(403, "Forbidden", error.message or "This application may not do that.")
        case NoResource():
            return Answer(404, error.code, error.message)
        case NotFound():
            return Answer(404, "NotFound", error.message or "There is no such resource.")
        case BadQuery():
            return Answer(400, "ODataError", error.message)
        case BadBody() | MissingParameter() | BatchTooLarge():
            return Answer(400, error.code, error.message)
        case InvalidInput():
            return Answer(400, "InvalidInput", error.message)
        case Conflict():
            return Answer(409, "Conflict", error.message)
        case MethodNotAllowed():
            return Answer(405, "BadRequest", error.message, {"Allow": ", ".join(error.allowed)})
        case TidegateError():
            return Answer(400, "BadRequest", error.message)
        case _:
            return Answer(500, "InternalServerError", "The request could not be completed.")
