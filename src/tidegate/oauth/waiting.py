"""What a browser's session remembers of authorization requests that wait for their person.

Each by the hash of its address: since when it waits, and whether an account was chosen for it. So a request
to sign in anew is fulfilled by a sign-in after it, and never by one before; and two tabs stay apart.
"""

import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Final

from django.http import HttpRequest

from tidegate.accounts.lasting import signed_in_at

_KEY: Final = "oauth_waiting"
_CLIENTS: Final = "oauth_clients"
_CLIENTS_AT_MOST: Final = 20
_KEPT_SECONDS: Final = 3600
_KEPT_AT_MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request that waits."""

    since: float
    is_chosen: bool
    source: str

    def was_answered(self, request: HttpRequest) -> bool:
        """Whether the person showed who they are after it was made."""
        return signed_in_at(request).timestamp() > self.since


def find_waiting(request: HttpRequest, address: str) -> Waiting | None:
    """What is remembered of a request."""
    return _read(request).get(_hash(address))


def begin_waiting(request: HttpRequest, address: str, source: str) -> Waiting:
    """Remember a request, if it is new. `source` is the address to which its forms may lead."""
    known = find_waiting(request, address)
    return known or _write(request, address, Waiting(time.time(), is_chosen=False, source=source))


def choose_account(request: HttpRequest, address: str) -> None:
    """Note that the account that is signed in was chosen for a request."""
    known = find_waiting(request, address)
    if known:
        _write(request, address, Waiting(known.since, is_chosen=True, source=known.source))


def end_waiting(request: HttpRequest, address: str) -> None:
    """Forget a request that was answered."""
    rows = _read(request)
    if rows.pop(_hash(address), None):
        _keep(request, rows)


def waiting_sources(request: HttpRequest) -> list[str]:
    """Where the forms lead that stand between a request and its answer."""
    return sorted({waiting.source for waiting in _read(request).values()})


def _read(request: HttpRequest) -> dict[str, Waiting]:
    rows = {name: Waiting(*row) for name, row in request.session.get(_KEY, {}).items()}
    ends = time.time() - _KEPT_SECONDS
    return {name: waiting for name, waiting in rows.items() if waiting.since > ends}


def _write(request: HttpRequest, address: str, waiting: Waiting) -> Waiting:
    rows = _read(request) | {_hash(address): waiting}
    _keep(request, dict(sorted(rows.items(), key=lambda item: item[1].since)[-_KEPT_AT_MOST:]))
    return waiting


def _keep(request: HttpRequest, rows: Mapping[str, Waiting]) -> None:
    request.session[_KEY] = {name: astuple(waiting) for name, waiting in rows.items()}


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def note_client(request: HttpRequest, client_id: uuid.UUID) -> None:
    """Remember that this session's person signed in to an application, which is told when they sign out."""
    known = request.session.get(_CLIENTS, [])
    if str(client_id) not in known:
        request.session[_CLIENTS] = [*known, str(client_id)][-_CLIENTS_AT_MOST:]


def list_clients(request: HttpRequest) -> list[uuid.UUID]:
    """The applications that this session's person signed in to."""
    return [uuid.UUID(text) for text in request.session.get(_CLIENTS, [])]
