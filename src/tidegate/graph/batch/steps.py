"""What a batch asks for: its steps, checked, in the order in which they run."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tidegate.core.errors import InvalidInput

STEPS_AT_MOST: Final = 20
_METHODS: Final = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
# Underscores would become hyphens on their way, and one header another.
_HEADER: Final = re.compile("[A-Za-z0-9-]{1,64}", re.ASCII)
_URL: Final = re.compile(r"(?![a-z]+:)[^\x00-\x20\x7f\\]{1,8000}", re.ASCII | re.IGNORECASE)
# Who asks, where and how long is settled by the whole.
_OF_THE_WHOLE: Final = frozenset({"authorization", "content-length", "cookie", "host", "user-agent"})


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a batch. `target` is its address below the version, with its query."""

    id: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    needs: tuple[str, ...]


def read_steps(value: Mapping[str, Any]) -> list[Step]:
    """The steps of a batch, each after those that it needs. Raises InvalidInput."""
    requests = value.get("requests")
    if not isinstance(requests, list) or not requests:
        raise InvalidInput(fields={"requests": "must be a list of requests"})
    if len(requests) > STEPS_AT_MOST:
        raise InvalidInput(fields={"requests": f"must be at most {STEPS_AT_MOST}"})
    steps = [_read_step(request) for request in requests]
    if len({step.id.casefold() for step in steps}) < len(steps):
        raise InvalidInput(fields={"id": "must be another for each request"})
    return _put_in_order(steps)


def _read_step(request: object) -> Step:
    if not isinstance(request, dict):
        raise InvalidInput(fields={"requests": "must be a list of requests"})
    step_id, method, url = (request.get(name) for name in ("id", "method", "url"))
    if not isinstance(step_id, str) or not step_id or len(step_id) > 64:
        raise InvalidInput(fields={"id": "must be a text"})
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise InvalidInput(fields={"method": f"must be one of: {', '.join(sorted(_METHODS))}"})
    if request.get("atomicityGroup"):
        raise InvalidInput(fields={"atomicityGroup": "is not supported"})
    return Step(
        id=step_id,
        method=method.upper(),
        target=_read_url(url),
        headers=_read_headers(request.get("headers")),
        body=b"" if request.get("body") is None else msgspec.json.encode(request["body"]),
        needs=_read_needs(request.get("dependsOn")),
    )


def _read_url(url: object) -> str:
    """Relative to the version; some clients repeat that."""
    if not isinstance(url, str) or not _URL.fullmatch(url.replace(" ", "%20")):
        raise InvalidInput(fields={"url": "must be an address relative to the version"})
    return re.sub(r"^/*(?:v1\.0|beta)(?=/)", "", url.replace(" ", "%20")).lstrip("/")


def _read_headers(headers: object) -> Mapping[str, str]:
    found = {} if headers is None else headers
    if not isinstance(found, dict) or not all(
        isinstance(value, str) and _HEADER.fullmatch(name) for name, value in found.items()
    ):
        raise InvalidInput(fields={"headers": "must be texts by name"})
    return {
        name.lower(): value
        for name, value in found.items()
        if name.lower() not in _OF_THE_WHOLE and not name.lower().startswith(("x-forwarded", "forwarded"))
    }


def _read_needs(needs: object) -> tuple[str, ...]:
    found = [] if needs is None else needs
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise InvalidInput(fields={"dependsOn": "must be a list of ids"})
    return tuple(found)


def _put_in_order(steps: Sequence[Step]) -> list[Step]:
    waiting, done, ordered = list(steps), set[str](), list[Step]()
    while waiting:
        ready = next((step for step in waiting if done.issuperset(step.needs)), None)
        if ready is None:
            raise InvalidInput(fields={"dependsOn": "must name other requests of the batch, and no circle"})
        waiting.remove(ready)
        done.add(ready.id)
        ordered.append(ready)
    return ordered
