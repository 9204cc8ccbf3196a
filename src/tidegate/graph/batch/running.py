"""Running a batch: each step through the view of its address, each answer embedded as it is sent."""

import base64
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final, cast
from urllib.parse import unquote_to_bytes

import msgspec
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import resolve

from tidegate.core.errors import InvalidInput
from tidegate.graph.answers import CONTENT_TYPE
from tidegate.graph.batch.steps import Step, read_steps
from tidegate.graph.errors import SECURITY, DependencyFailed, GraphShape
from tidegate.oauth.endpoint import Call
from tidegate.oauth.paths import tidy_path

_OF_THE_WHOLE: Final = ("AUTHORIZATION", "HOST", "USER_AGENT", "X_FORWARDED_FOR", "X_FORWARDED_PROTO")
_WITHIN: Final = "tidegate.within_batch"
_HIDDEN_HEADERS: Final = frozenset({"content-length"})


def run_batch(call: Call) -> HttpResponseBase:
    """Answer all of them; those whose condition failed are not run. Raises InvalidInput."""
    if _WITHIN in call.request.META:
        raise InvalidInput("A batch within a batch is not supported.")
    steps = read_steps(call.read_json())
    return StreamingHttpResponse(_write_answers(call, steps), content_type=CONTENT_TYPE)


def _write_answers(call: Call, steps: Iterable[Step]) -> Iterator[bytes]:
    failed: set[str] = set()
    opening = b'{"responses":['
    for step in steps:
        answer = _refuse(call) if failed.intersection(step.needs) else _run(call.request, step)
        if answer.status_code >= 400:
            failed.add(step.id)
        yield opening
        yield from _write_answer(step, answer)
        opening = b","
    yield b"]}"


def _refuse(call: Call) -> HttpResponseBase:
    return GraphShape(SECURITY)(DependencyFailed(), call.request_id, call.client_request_id)


def _run(request: HttpRequest, step: Step) -> HttpResponseBase:
    inner = _make_request(request, step)
    # Nothing but this surface answers a step, whatever its address.
    view, arguments, names = resolve(inner.path_info, urlconf="tidegate.graph.urls")
    answer: HttpResponseBase = view(inner, *arguments, **names)
    return answer


def _make_request(request: HttpRequest, step: Step) -> WSGIRequest:
    """The step as a request of its own: of the outer one it has who asks and from where, and no more."""
    version = request.path.strip("/").partition("/")[0]
    path, _, parameters = step.target.partition("?")
    outer = {name: value for name, value in request.META.items() if not name.startswith(("HTTP_", "wsgi."))}
    own = {name.upper().replace("-", "_"): value for name, value in step.headers.items()}
    own = {"CLIENT_REQUEST_ID": request.headers.get("client-request-id", "")} | own
    own |= {name: request.META.get(f"HTTP_{name}", "") for name in _OF_THE_WHOLE}
    environ = {
        **outer,
        **{f"HTTP_{name}": value for name, value in own.items() if value},
        _WITHIN: True,
        "REQUEST_METHOD": step.method,
        # WSGI has the bytes of a path as Latin-1 (PEP 3333, "Unicode Issues").
        "PATH_INFO": unquote_to_bytes(f"/{version}/{path}").decode("latin-1"),
        "QUERY_STRING": parameters,
        "CONTENT_TYPE": step.headers.get("content-type", "application/json"),
        "CONTENT_LENGTH": str(len(step.body)),
        "wsgi.input": BytesIO(step.body),
        "wsgi.url_scheme": request.scheme or "http",
    }
    inner = WSGIRequest(environ)
    inner.path_info = inner.path = tidy_path(inner.path_info)
    return inner


def _write_answer(step: Step, answer: HttpResponseBase) -> Iterator[bytes]:
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _HIDDEN_HEADERS}
    head = {"id": step.id, "status": answer.status_code, "headers": headers}
    yield msgspec.json.encode(head)[:-1]
    if answer.status_code != 204:
        yield b',"body":'
        yield from _write_body(answer)
    yield b"}"


def _write_body(answer: HttpResponseBase) -> Iterator[bytes]:
    """JSON as it is; anything else as text in base64."""
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    if isinstance(answer, StreamingHttpResponse):
        pieces: Iterable[bytes] = cast("Iterable[bytes]", answer.streaming_content)
    else:
        pieces = [cast("HttpResponse", answer).content]
    if is_json:
        yield from pieces
    else:
        yield msgspec.json.encode(base64.b64encode(b"".join(pieces)).decode())
