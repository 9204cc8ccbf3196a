"""Client authentication (RFC 6749, section 2.3; RFC 7521; RFC 7523): which application sends a request.

By secret in the form or in the header, by an assertion signed with the key of a certificate, or by a token
of another issuer. Without any of them the client is public, and each grant says whether that will do.
"""

import base64
import binascii
import hmac
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.directory.actions.credentials import hash_secret
from tidegate.oauth.assertions import Arrival, check_assertion, peek_client_id
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form
from tidegate.oauth.guessing import place_of, secrets_tried
from tidegate.oauth.places import Place, check_place
from tidegate.oauth.queries import Principal, Proven, find_principal, find_proven, list_secrets
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Proof

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Presented:
    """What a client says it is, and shows."""

    client_id: str
    secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an application with a secret says it is, and the secret as it is kept."""

    client_id: uuid.UUID
    secret_hash: str


@dataclass(frozen=True, slots=True)
class Client:
    """An application in one tenant, and how it showed who it is."""

    principal: Principal
    proof: Proof

    @property
    def is_public(self) -> bool:
        """Whether it showed nothing."""
        return self.proof == Proof.NONE


def read_presented(form: Form, header: str = "") -> Presented:
    """What a request shows, in the form or in the header `Authorization`. Raises StsError."""
    client_id, secret = _read_basic(header)
    if client_id and form.get("client_id", client_id) != client_id:
        raise StsError(9002313, reason="the header names another client than the form.")
    assertion = form.get("client_assertion", "")
    if assertion and form.get("client_assertion_type") != JWT_BEARER:
        raise StsError(9002313, reason=f"client_assertion_type must be {JWT_BEARER}.")
    named = client_id or form.get("client_id") or (peek_client_id(assertion) if assertion else "")
    if not named:
        raise StsError(900144, name="client_id")
    return Presented(named, secret or form.get("client_secret", ""), assertion)


def find_client(presented: Presented, tenant_id: uuid.UUID, place: Place) -> Principal:
    """The application in the tenant. Raises StsError, alike for one that is absent and one not let in."""
    client_id = parse_uuid(presented.client_id)
    principal = find_principal(tenant_id, client_id) if client_id else None
    if principal is None:
        check_place(place)
        raise StsError(700016, client=presented.client_id, tenant=place.text)
    return principal


def read_shown(presented: Presented) -> Shown | None:
    """What is asked of the usual request of an application; None for any other."""
    client_id = parse_uuid(presented.client_id)
    if client_id is None or not presented.secret or presented.assertion:
        return None
    return Shown(client_id, hash_secret(presented.secret))


def check_wait(shown: Shown, sender: Sender) -> None:
    """Raise StsError for who sent too many wrong secrets and has to wait."""
    secrets_tried.check((shown.client_id, place_of(sender.ip_address)))


def prove_at_once(
    shown: Shown, tenant_id: uuid.UUID, resource: Resource | None, sender: Sender
) -> Proven | None:
    """The usual request, answered by one statement: the secret holds, and these are the roles.

    None where it does not, which `find_client` and `authenticate` then look at closely. Raises StsError for
    who has to wait.
    """
    check_wait(shown, sender)
    return find_proven(tenant_id, shown.client_id, shown.secret_hash, resource, clock.now())


def authenticate(
    principal: Principal, presented: Presented, audiences: Collection[str], sender: Sender
) -> Client:
    """Check what was presented; an assertion must be for one of `audiences`.

    Raises StsError; too many wrong secrets from one address end in a wait.

    Whether the application is disabled is told only to who proved to be it.
    """
    who = (principal.client_id, place_of(sender.ip_address))
    if presented.secret or presented.assertion:
        secrets_tried.check(who)
    try:
        proof = _prove(principal, presented, audiences, sender)
    except StsError:
        secrets_tried.note(who)
        raise
    if not principal.is_entering:
        raise StsError(7000112, client=principal.client_id)
    return Client(principal, proof)


def _prove(principal: Principal, presented: Presented, audiences: Collection[str], sender: Sender) -> Proof:
    if presented.assertion:
        check_assertion(principal, presented.assertion, Arrival(audiences, sender.ip_address))
        return Proof.CERTIFICATE
    if presented.secret:
        _check_secret(principal, presented.secret)
        return Proof.SECRET
    return Proof.NONE


def _check_secret(principal: Principal, text: str) -> None:
    presented = hash_secret(text)
    secrets = list_secrets(principal)
    found = [secret for secret in secrets if hmac.compare_digest(secret.secret_hash, presented)]
    now = clock.now()
    if any(secret.starts_at <= now and (not secret.ends_at or now < secret.ends_at) for secret in found):
        return
    if found:
        raise StsError(7000222, client=principal.client_id)
    if not secrets and principal.allows_public_client:
        raise StsError(700025, client=principal.client_id)
    raise StsError(7000215)


def _read_basic(header: str) -> tuple[str, str]:
    """Id and secret of `Authorization: Basic`, both encoded as in a form (RFC 6749, section 2.3.1)."""
    if not header:
        return "", ""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.casefold() != "basic":
        return "", ""
    try:
        text = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise StsError(9002313, reason="the Authorization header cannot be read.") from None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
