"""One request of a program to an API: read the token, admit the caller, run the view, say errors as JSON.

Both surfaces of programs answer alike but for their shapes: each makes an `Api` of its own, and puts
`api.endpoint(...)` around its views.
"""

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, Protocol

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput, TidegateError
from tidegate.core.ids import parse_uuid
from tidegate.oauth.bearer import Caller, authenticate

_log = logging.getLogger(__name__)
LONGEST_BODY = 2_621_440


@dataclass(slots=True)
class Call:
    """A request with who sent it, and the ids under which both sides can find it again."""

    request: HttpRequest
    caller: Caller
    request_id: str
    client_request_id: str
    _scope: list[Scope] = field(default_factory=list)

    @property
    def scope(self) -> Scope:
        """The token's tenant, opened by the gate once a request. Raises TokenRefused."""
        if not self._scope:
            self._scope.append(self.caller.open())
        return self._scope[0]

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query's parameters; of one that is repeated, the last."""
        return self.request.GET.dict()

    def read_json(self) -> dict[str, Any]:
        """The body, which must be a JSON object. Raises InvalidInput."""
        value = self.read_json_value()
        if not isinstance(value, dict):
            raise InvalidInput("The body must be a JSON object.")
        return value

    def read_body(self) -> bytes:
        """The body as it is. Raises InvalidInput for one that is too large, or that broke off."""
        try:
            body = self.request.body
        except RequestDataTooBig:
            raise InvalidInput("The body is too large.") from None
        except UnreadablePostError:
            raise InvalidInput("The body could not be read to its end.") from None
        if len(body) > LONGEST_BODY:
            raise InvalidInput("The body is too large.")
        return body

    def read_json_value(self) -> Any:
        """The body as whatever JSON value it is. Raises InvalidInput."""
        try:
            return msgspec.json.decode(self.read_body())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidInput("The body is not valid JSON.") from None


class Shape(Protocol):
    """How an API says an error."""

    def __call__(self, error: Exception, request_id: str, client_request_id: str) -> HttpResponse:
        """The answer to a request that this error ended."""
        ...


type View[**P] = Callable[Concatenate[Call, P], HttpResponseBase]
type DjangoView[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Api:
    """A surface for programs: which API its tokens are for, whom it admits now, how it says errors.

    `admit` is called with each caller before the view, and raises to keep one out for a while.
    """

    resource: Resource
    shape: Shape
    admit: Callable[[Caller], None]

    def endpoint[**P](self, *methods: str) -> Callable[[View[P]], DjangoView[P]]:
        """Around a view of these methods."""

        def decorate(view: View[P]) -> DjangoView[P]:
            @csrf_exempt
            @wraps(view)
            def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
                ids = _ids(request)
                try:
                    response = self._answer(view, request, ids, methods, *args, **kwargs)
                except TidegateError as error:
                    response = self.shape(error, *ids)
                except Exception as error:  # noqa: BLE001  whatever it was, the program gets its shape
                    _log.exception("request %s failed", ids[0])
                    response = self.shape(error, *ids)
                _stamp(response, ids)
                return response

            return run

        return decorate

    def _answer[**P](
        self,
        view: View[P],
        request: HttpRequest,
        ids: tuple[str, str],
        methods: tuple[str, ...],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> HttpResponseBase:
        caller = authenticate(request, self.resource)
        self.admit(caller)
        if request.method not in methods:
            raise MethodNotAllowed(methods)
        return view(Call(request, caller, *ids), *args, **kwargs)


class MethodNotAllowed(TidegateError):
    """The address is there, but not for this method."""

    code = "method_not_allowed"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"The allowed methods are: {', '.join(allowed)}.")
        self.allowed = allowed


def _ids(request: HttpRequest) -> tuple[str, str]:
    """Our id of the request, and the client's own if it is one; else ours again."""
    own = str(uuid.uuid4())
    theirs = parse_uuid(request.headers.get("client-request-id", "").strip())
    return own, str(theirs) if theirs else own


def _stamp(response: HttpResponseBase, ids: tuple[str, str]) -> None:
    response.headers["request-id"], response.headers["client-request-id"] = ids
    response.headers.setdefault("Cache-Control", "private, no-store")
