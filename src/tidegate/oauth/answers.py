"""What the authorization server says to programs: tokens and errors, in Entra's bodies, to the letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import msgspec
from django.http import HttpResponse

from tidegate.core import clock
from tidegate.oauth.errors import StsError
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import LIFETIME_SECONDS, Audience, Version


@dataclass(frozen=True, slots=True)
class Issued:
    """What one request gets; what is empty is left out."""

    audience: Audience
    access_token: str
    scope: str | None = None
    refresh_token: str = ""
    id_token: str = ""
    client_info: str = ""


def answer_json(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Compact JSON that nobody may keep."""
    return _answer(msgspec.json.encode(body), status)


def _answer(body: bytes, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response.status_code = status
    response.headers["Cache-Control"] = "no-store, no-cache"
    response.headers["Pragma"] = "no-cache"
    return response


def answer_tokens(issued: Issued, version: Version) -> HttpResponse:
    """The answer of RFC 6749, section 5.1."""
    return _answer(write_tokens(issued, version))


def write_tokens(issued: Issued, version: Version) -> bytes:
    """Its body alone."""
    return msgspec.json.encode(_tell_v1(issued) if version == Version.V1 else _tell_v2(issued))


def answer_error(error: StsError, sender: Sender, *, basic: bool = False) -> HttpResponse:
    """The answer of RFC 6749, section 5.2. `basic`: the client showed its secret in a header."""
    response = answer_json(describe_error(error, sender), error.entry.status)
    if error.entry.status == 401 and basic:
        response.headers["WWW-Authenticate"] = 'Basic realm="tidegate"'
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def describe_error(error: StsError, sender: Sender) -> dict[str, Any]:
    """Entra's error body."""
    at = clock.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    words = (
        f"{error.message}\r\nTrace ID: {sender.trace_id}\r\nCorrelation ID: {sender.correlation_id}"
        f"\r\nTimestamp: {at}"
    )
    body: dict[str, Any] = {
        "error": error.error,
        "error_description": words,
        "error_codes": [error.number],
        "timestamp": at,
        "trace_id": sender.trace_id,
        "correlation_id": sender.correlation_id,
    }
    return body | ({"suberror": error.entry.suberror} if error.entry.suberror else {})


def _tell_v2(issued: Issued) -> dict[str, Any]:
    scope = {} if issued.scope is None else {"scope": issued.scope}
    return {
        "token_type": "Bearer",
        **scope,
        "expires_in": LIFETIME_SECONDS,
        "ext_expires_in": LIFETIME_SECONDS,
        "access_token": issued.access_token,
        **_rest(issued),
    }


def _tell_v1(issued: Issued) -> dict[str, Any]:
    """Version 1 writes numbers as text; Microsoft's own sample takes the seventh member as the token."""
    now = int(clock.now().timestamp())
    body: dict[str, Any] = {
        "token_type": "Bearer",
        "expires_in": str(LIFETIME_SECONDS),
        "ext_expires_in": str(LIFETIME_SECONDS),
        "expires_on": str(now + LIFETIME_SECONDS),
        "not_before": str(now),
        "resource": issued.audience.named,
        "access_token": issued.access_token,
    }
    scope = {} if issued.scope is None else {"scope": issued.scope}
    return body | scope | _rest(issued)


def _rest(issued: Issued) -> dict[str, str]:
    optional = {
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "client_info": issued.client_info,
    }
    return {name: value for name, value in optional.items() if value}
