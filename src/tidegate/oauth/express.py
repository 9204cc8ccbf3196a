"""The usual request of an application, answered in the server's loop: a form with a secret that holds.

What is asked a thousand times a second goes through the same functions as any other request for a token, but
through no thread of Django's, and not through the signals, the middleware and the objects around them. The
loop waits for nothing meanwhile: the database is asked over a line of its own, and threads sign. Whatever
else is sent, and whatever is refused or fails for any reason, is handed to Django as if nobody had looked at
it: errors are said, counted and logged in one place, and what is forgotten here costs speed and not safety.

What a form means follows from its text and its address alone. It is kept for programs that send the same one
again, found by its digest and without its secret: what is asked of the database, and what every token for it
says. Whether the secret holds and what the tenant grants is asked after each request came, and once for all
of the same form that wait by then.
"""

import io
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.middleware.security import SecurityMiddleware

from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.core.prepared import Prepared
from tidegate.core.unwaiting import Shared
from tidegate.oauth.answers import Issued, answer_json, write_tokens
from tidegate.oauth.clients import Shown, check_wait, read_presented, read_shown
from tidegate.oauth.form import parse_form
from tidegate.oauth.journal import count_proven
from tidegate.oauth.keys import known_signing_key
from tidegate.oauth.models import SignIn
from tidegate.oauth.places import origin_of
from tidegate.oauth.queries import ask_proven, read_proven
from tidegate.oauth.scopes import read_audience
from tidegate.oauth.sender import Sender
from tidegate.oauth.signing import Draft
from tidegate.oauth.tokens import (
    Audience,
    Frame,
    Proof,
    Version,
    claim_roles,
    draft_access_token,
    frame_claims,
)

type Environ = dict[str, Any]
type Headers = list[tuple[bytes, bytes]]
type Answer = tuple[int, Headers, bytes]
type Row = list[Any] | None
type Ask = Callable[..., Awaitable[Row]]
type Find = Callable[[], Awaitable[Row]]
type Sign = Callable[[Draft], Awaitable[bytes]]

LONGEST: Final = 4_096
"""Bytes of a form that is looked at here; the usual one has three hundred."""
KEPT_AT_MOST: Final = 4_096

_DIGITS: Final = len(str(LONGEST))
_PATH: Final = re.compile(r"/([0-9A-Fa-f-]{36})/oauth2/(v2\.0/)?token")
_FORM: Final = "application/x-www-form-urlencoded"
_GRANT: Final = SignIn.Grant.CLIENT_CREDENTIALS.value
# A browser's page may read the answer of its own application alone; errors name the scheme of a header.
_UNUSUAL: Final = frozenset({"HTTP_ORIGIN", "HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING"})
# By what Django finds out our own address, beside the header of a proxy (`SECURE_PROXY_SSL_HEADER`).
_FRONT: Final = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "HTTP_X_FORWARDED_HOST")


@dataclass(frozen=True, slots=True)
class _Front:
    """Our own address as a client wrote it, and what every answer under it has but for its length."""

    origin: str
    headers: tuple[tuple[bytes, bytes], ...]


class _Asked(NamedTuple):
    """A form as it was sent, and where to."""

    sent: bytes
    tenant: str
    version: Version
    origin: str

    @property
    def digest(self) -> tuple[object, ...]:
        """What tells it from others, without its secret."""
        return sha256(self.sent).digest(), self.tenant, self.version, self.origin


@dataclass(frozen=True, slots=True)
class _Usual:
    """What a form asks for and shows in a tenant, under an address of ours, and what asks the database."""

    shown: Shown
    audience: Audience
    tenant_id: uuid.UUID
    find: Find
    frame: Frame


class _Kept[K, V](dict[K, V]):
    """What follows from its key alone, and so never grows old; all is forgotten when it has become much."""

    def keep(self, key: K, value: V) -> V:
        if len(self) >= KEPT_AT_MOST:
            self.clear()
        self[key] = value
        return value


class Express:
    """What answers here, or does not. `ask` and `sign` are what the loop waits for, and nothing else."""

    def __init__(self, ask: Ask, sign: Sign) -> None:
        self._ask = ask
        self._sign = sign
        self._secure = SecurityMiddleware(lambda _: answer_json({}))
        self._named = (*_FRONT, *(settings.SECURE_PROXY_SSL_HEADER or ())[:1])
        self._fronts = _Kept[tuple[Any, ...], _Front]()
        self._usual = _Kept[tuple[object, ...], _Usual]()

    async def answer(self, environ: Environ) -> Answer | None:
        """The answer to a request as WSGI has it (PEP 3333); None for whatever Django is to answer.

        Its body is whole where it is as short as it says, and it is not read.
        """
        path = _PATH.fullmatch(environ["PATH_INFO"])
        if path is None or not _is_usual(environ):
            return None
        try:
            return await self._try(environ, path[1], Version.V2 if path[2] else Version.V1)
        except Exception:  # noqa: BLE001  whatever it was, it happens again where it is said and logged
            return None

    async def _try(self, environ: Environ, tenant: str, version: Version) -> Answer | None:
        front = self._find_front(environ)
        asked = _Asked(environ["wsgi.input"].getvalue(), tenant, version, front.origin)
        body = await self._issue(asked, Sender.read(environ), clock.now())
        if body is None:
            return None
        return 200, [*front.headers, (b"content-length", b"%d" % len(body))], body

    async def _issue(self, asked: _Asked, sender: Sender, at: datetime) -> bytes | None:
        key, digest = known_signing_key(at), asked.digest
        known = self._usual.get(digest)
        usual = known or self._read(asked)
        if usual is None or key is None:
            return None
        shown, audience, version = usual.shown, usual.audience, asked.version
        check_wait(shown, sender)
        row = await usual.find()
        proven = read_proven(usual.tenant_id, shown.client_id, row)
        if proven is None:
            return None
        if known is None:
            # Only now: who is refused makes nobody else forgotten.
            self._usual.keep(digest, replace(usual, find=Shared(usual.find).get))
        draft = draft_access_token(claim_roles(usual.frame, proven.id, proven.roles, at), version, key)
        issued = Issued(audience, draft.finish(await self._sign(draft)))
        count_proven(proven, _GRANT, audience.resource or "", sender, at)
        return write_tokens(issued, version)

    def _read(self, asked: _Asked) -> _Usual | None:
        """What a form asks; None for another grant, or another proof. Raises StsError."""
        form, tenant_id = parse_form(asked.sent.decode()), parse_uuid(asked.tenant)
        if form.get("grant_type") != _GRANT or tenant_id is None:
            return None
        shown = read_shown(read_presented(form))
        if shown is None:
            return None
        origin, version, client_id = asked.origin, asked.version, shown.client_id
        audience = read_audience(form, version, origin, "")
        question, values = ask_proven(tenant_id, client_id, shown.secret_hash, audience.resource)
        frame = frame_claims(origin, version, audience, tenant_id, client_id, Proof.SECRET)
        return _Usual(shown, audience, tenant_id, self._finding(question.bound(**values)), frame)

    def _finding(self, question: Prepared) -> Find:
        return lambda: self._ask(question, at=clock.now())

    def _find_front(self, environ: Environ) -> _Front:
        """Our own address. Raises DisallowedHost."""
        told = tuple(map(environ.get, self._named))
        return self._fronts.get(told) or self._fronts.keep(told, self._read_front(told))

    def _read_front(self, told: tuple[Any, ...]) -> _Front:
        """The same, found out by Django from these parts of a request and no others."""
        named = {name: value for name, value in zip(self._named, told, strict=True) if value is not None}
        request = WSGIRequest(
            {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.input": io.BytesIO(), **named}
        )
        answer = self._secure.process_response(request, answer_json({}))
        headers = ((name.lower().encode(), value.encode("latin-1")) for name, value in answer.items())
        return _Front(origin_of(request), tuple(headers))


def _is_usual(environ: Environ) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE", "").startswith(_FORM)
        and length.isascii()
        and length.isdigit()
        and len(length) <= _DIGITS
        and int(length) <= LONGEST
        and _UNUSUAL.isdisjoint(environ)
    )
