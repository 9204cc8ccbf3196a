"""The keys of other issuers, found as OpenID Connect Discovery 1.0 says and kept for some minutes.

Asked for only where an application's own federated credential names the issuer, so an outsider cannot
choose where we ask; and no more than once in `_ASKED_AGAIN_AFTER` seconds, whatever is sent to us. Slow
issuers hold up two requests of this process at most: further ones are told to come again.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from joserfc.jwk import Key

from tidegate.core.outbound import OutboundFailed, send
from tidegate.oauth.errors import StsError
from tidegate.oauth.foreign_jwt import import_published_key

_KEPT_SECONDS: Final = 600.0
_ASKED_AGAIN_AFTER: Final = 30.0
_ISSUERS_AT_MOST: Final = 1_000
_KEYS_AT_MOST: Final = 50
_LARGEST: Final = 262_144
_DEADLINE_SECONDS: Final = 4.0
_asking: Final = threading.BoundedSemaphore(2)


class KeysUnavailable(Exception):
    """An issuer's keys could not be had. Says why, as far as the application may know."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An issuer's keys by id, or why there are none, and when that was found out."""

    keys: tuple[tuple[str, Key], ...]
    failure: str
    asked_at: float


_lock = threading.Lock()
_known: OrderedDict[str, _Known] = OrderedDict()


def find_keys(issuer: str, key_id: str) -> list[Key]:
    """The issuer's keys of this id; all of them where the id is empty.

    Raises KeysUnavailable; StsError where too many issuers are being asked already.
    """
    known = _known.get(issuer)
    age = time.monotonic() - known.asked_at if known else _KEPT_SECONDS
    if known is None or age >= _KEPT_SECONDS or (age >= _ASKED_AGAIN_AFTER and not _fit(known, key_id)):
        known = _ask_in_turn(issuer)
    if known.failure:
        raise KeysUnavailable(known.failure)
    return _fit(known, key_id)


def forget_foreign_keys() -> None:
    """Ask anew when keys are next needed; for tests."""
    with _lock:
        _known.clear()


def _ask_in_turn(issuer: str) -> _Known:
    if not _asking.acquire(blocking=False):
        raise StsError(90033)
    try:
        return _keep(issuer, _ask(issuer))
    finally:
        _asking.release()


def _fit(known: _Known, key_id: str) -> list[Key]:
    return [key for name, key in known.keys if not key_id or name == key_id]


def _keep(issuer: str, known: _Known) -> _Known:
    with _lock:
        _known[issuer] = known
        _known.move_to_end(issuer)
        while len(_known) > _ISSUERS_AT_MOST:
            _known.popitem(last=False)
    return known


def _ask(issuer: str) -> _Known:
    try:
        metadata = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer:
            raise KeysUnavailable("its issuer's metadata names another issuer.")
        published = _fetch(str(metadata.get("jwks_uri", ""))).get("keys")
    except KeysUnavailable as error:
        return _Known((), str(error), time.monotonic())
    listed = published[:_KEYS_AT_MOST] if isinstance(published, list) else []
    imported = [
        (str(jwk.get("kid", "")), import_published_key(jwk)) for jwk in listed if isinstance(jwk, dict)
    ]
    return _Known(tuple((name, key) for name, key in imported if key), "", time.monotonic())


def _fetch(url: str) -> dict[str, Any]:
    try:
        accept = {"Accept": "application/json"}
        answer = send("GET", url, headers=accept, deadline=_DEADLINE_SECONDS, largest=_LARGEST)
        body = msgspec.json.decode(answer.body) if answer.status == 200 else None
    except (OutboundFailed, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise KeysUnavailable("its issuer's metadata or keys could not be fetched.")
    return body
