"""Client assertions (RFC 7521, RFC 7523): a JWT in the place of a secret.

Signed with the key of a certificate that the application registered, or by another issuer whom a federated
credential names. Which of the two it is, the issuer of the assertion says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from joserfc.jwk import Key

from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.directory.models import Credential
from tidegate.directory.models.dated import in_force
from tidegate.oauth.actions.assertions import note_use
from tidegate.oauth.errors import StsError
from tidegate.oauth.foreign_jwt import ForeignJwt, UnreadableJwt, import_certificate_key, peek
from tidegate.oauth.foreign_keys import KeysUnavailable, find_keys
from tidegate.oauth.queries import Principal


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a client assertion arrived: the audiences that name this endpoint, and the sender's address."""

    audiences: Collection[str]
    ip_address: str


def peek_client_id(text: str) -> str:
    """Whom an assertion is about, by its own word (RFC 7521, section 4.2); nothing is believed yet."""
    try:
        return str(peek(text).claims.get("sub", ""))
    except UnreadableJwt:
        return ""


def check_assertion(principal: Principal, text: str, arrival: Arrival) -> None:
    """Raise StsError unless the assertion proves the application, was meant for us, and is no replay."""
    try:
        jwt = peek(text)
    except UnreadableJwt as error:
        raise StsError(700027, reason=str(error)) from None
    is_own = parse_uuid(str(jwt.claims.get("iss", ""))) == principal.client_id
    ends_at = (_check_own if is_own else _check_federated)(principal, jwt, arrival)
    if not note_use(principal, jwt.identity, arrival.ip_address, ends_at):
        raise StsError(700027, reason="it was used from another network before.")


def _check_own(principal: Principal, jwt: ForeignJwt, arrival: Arrival) -> datetime:
    if parse_uuid(str(jwt.claims.get("sub", ""))) != principal.client_id:
        raise StsError(700021, client=principal.client_id)
    certificates = _credentials(principal, Credential.Kind.CERTIFICATE)
    keys = [_key_of(certificate) for certificate in _named(certificates, jwt.header)]
    _check_signature(jwt, keys, "the key was not found: no certificate in force matches it.")
    if not jwt.audiences.intersection(arrival.audiences):
        raise StsError(700027, reason="its audience is not this endpoint.")
    return _check_times(jwt)


def _check_federated(principal: Principal, jwt: ForeignJwt, arrival: Arrival) -> datetime:
    credentials = _credentials(principal, Credential.Kind.FEDERATED)
    of_issuer = [each for each in credentials if each.issuer == jwt.claims.get("iss")]
    if not of_issuer:
        raise StsError(700211)
    of_subject = [each for each in of_issuer if each.subject == jwt.claims.get("sub")]
    if not of_subject:
        raise StsError(700213)
    if not any(each.audience in jwt.audiences for each in of_subject):
        raise StsError(700212)
    try:
        keys = find_keys(of_subject[0].issuer, str(jwt.header.get("kid", "")))
    except KeysUnavailable as error:
        raise StsError(700027, reason=str(error)) from None
    _check_signature(jwt, keys, "its issuer publishes no key that matches it.")
    return _check_times(jwt)


def _credentials(principal: Principal, kind: str) -> list[Credential]:
    rows = Credential.objects.of_tenant(principal.home_tenant_id)
    own = rows.filter(application_id=principal.application_id, kind=kind, removed_at__isnull=True)
    return list(own.filter(in_force(clock.now())))


def _named(certificates: list[Credential], header: dict[str, Any]) -> list[Credential]:
    """The certificates that the header points at; all of them where it points at none (RFC 7515, 4.1)."""
    thumbprints = {str(header[name]).rstrip("=") for name in ("x5t", "x5t#S256") if name in header}
    if not thumbprints:
        return certificates
    return [each for each in certificates if thumbprints & {each.x5t, each.x5t_s256}]


def _key_of(credential: Credential) -> Key:
    return import_certificate_key(x509.load_pem_x509_certificate(credential.certificate.encode()))


def _check_signature(jwt: ForeignJwt, keys: Collection[Key], otherwise: str) -> None:
    if not any(jwt.is_signed_by(key) for key in keys):
        raise StsError(700027, reason=otherwise)


def _check_times(jwt: ForeignJwt) -> datetime:
    """The end of the assertion. Raises StsError unless it is within its time, which is a day at most."""
    ends_at = jwt.ends_within_a_day(clock.now())
    if ends_at is None:
        raise StsError(700024)
    return ends_at
