"""What Apprise's plugins call instead of the library `requests`: our client for outgoing HTTP.

A plugin of Apprise asks `requests`, which it finds in its own module, to post somewhere; that would follow
redirects and reach private addresses. `speak_through` puts this stand-in in its place, for the plugins of
the allow-list alone. It offers what they use and nothing more: one that learns to use more fails, loudly.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlencode

import requests

from tidegate.core.outbound import OutboundFailed, send

DEADLINE: Final = 15.0
LARGEST_ANSWER: Final = 65_536


class Refused(requests.RequestException):
    """We would not send there."""


@dataclass(slots=True)
class Exchange:
    """What was answered while a message was posted: Apprise itself only says yes or no."""

    status: int | None = None
    failure: OutboundFailed | None = None


class StandIn:
    """The part of `requests` that plugins use."""

    RequestException = requests.RequestException
    codes = requests.codes

    def get(self, url: str, **options: Any) -> requests.Response:
        """Ask for something."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        """Post something."""
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send as `requests` would; its other options are ours to decide. Raises RequestException."""
        body, headers = _encode(options)
        address = (
            f"{url}{'&' if '?' in url else '?'}{urlencode(options['params'])}"
            if options.get("params")
            else url
        )
        try:
            answer = send(
                method, address, body=body, headers=headers, deadline=DEADLINE, largest=LARGEST_ANSWER
            )
        except OutboundFailed as error:
            _exchange.get().failure = error
            kind = Refused if error.is_refused else requests.ConnectionError
            raise kind(error.message) from error
        _exchange.get().status = answer.status
        response = requests.Response()
        response.status_code, response.url = answer.status, url
        response.headers["Content-Type"] = answer.content_type
        response.raw = BytesIO(answer.body)
        return response


@contextmanager
def noting() -> Iterator[Exchange]:
    """What is answered within the block, in this thread."""
    exchange = Exchange()
    token = _exchange.set(exchange)
    try:
        yield exchange
    finally:
        _exchange.reset(token)


def speak_through(plugin: ModuleType) -> None:
    """Let a plugin's module speak through our client."""
    vars(plugin)["requests"] = _STAND_IN


def _encode(options: Mapping[str, Any]) -> tuple[bytes | None, dict[str, str]]:
    headers = {str(name): str(value) for name, value in (options.get("headers") or {}).items()}
    if options.get("auth"):
        prepared = requests.Request("POST", "https://host.example", auth=options["auth"]).prepare()
        headers["Authorization"] = str(prepared.headers["Authorization"])
    if options.get("json") is not None:
        headers.setdefault("Content-Type", "application/json")
        return json.dumps(options["json"]).encode(), headers
    data = options.get("data")
    if isinstance(data, Mapping):
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return urlencode(data, doseq=True).encode(), headers
    return data.encode() if isinstance(data, str) else data, headers


_STAND_IN: Final = StandIn()
_exchange: Final[ContextVar[Exchange]] = ContextVar("exchange", default=Exchange())  # noqa: B039  never read
