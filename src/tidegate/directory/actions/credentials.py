"""What an application proves itself with: secrets, certificates, and tokens of other issuers.

Whoever gives an application one may act as it: nobody does who may not do themselves what it was granted,
and for no longer than they may.
"""

import base64
import hashlib
import re
import secrets
import string
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.actions.applications import application_target
from tidegate.directory.actions.consents import check_may_grant, permissions_of
from tidegate.directory.applications import get_application, grants_of_application, list_credentials
from tidegate.directory.lifetimes import check_lifetime
from tidegate.directory.models import Application, Credential
from tidegate.directory.policy import lock_directory

DEFAULT_LIFETIME: Final = timedelta(days=365)
CREDENTIALS_AT_MOST: Final = 20
SHORTEST_SECRET: Final = 16
SHORTEST_RSA_KEY: Final = 2048
# Clients exist that put a secret into a form without encoding it: these signs survive that.
_SECRET_SIGNS: Final = f"{string.ascii_letters}{string.digits}~._-"
_SECRET_FORM: Final = re.compile(r"[A-Za-z0-9~._-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret with its text, which is known only now."""

    credential: Credential
    text: str = field(repr=False)


def add_secret(
    scope: Scope,
    application_id: uuid.UUID,
    *,
    display_name: str = "",
    ends_at: datetime | None = None,
    text: str = "",
) -> NewSecret:
    """Give an application a secret, for a year unless said otherwise; made here unless `text` is given.

    Raises Forbidden, also for an application that may do more than the actor or for longer, NotFound,
    InvalidInput, Conflict when it has too many credentials.
    """
    if text and (not _SECRET_FORM.fullmatch(text) or not SHORTEST_SECRET <= len(text) <= 256):
        reason = f"must be {SHORTEST_SECRET} to 256 of the signs A-Z, a-z, 0-9, ~ . _ and -"
        raise InvalidInput(fields={"secret": reason})
    words = text or "".join(secrets.choice(_SECRET_SIGNS) for _ in range(40))
    values = {"kind": Credential.Kind.SECRET, "hint": words[:3], "secret_hash": hash_secret(words)}
    credential = _add(scope, application_id, display_name, ends_at or _in_a_year(), values)
    return NewSecret(credential, words)


def add_certificate(
    scope: Scope,
    application_id: uuid.UUID,
    *,
    pem: str,
    display_name: str = "",
    ends_at: datetime | None = None,
) -> Credential:
    """Let an application prove itself with the key of a certificate, at most until the certificate ends.

    Raises Forbidden, also for an application that may do more than the actor or for longer, NotFound,
    InvalidInput, Conflict when it has too many credentials.
    """
    certificate = _read_certificate(pem)
    last = certificate.not_valid_after_utc
    values = {
        "kind": Credential.Kind.CERTIFICATE,
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        # RFC 7515, sections 4.1.7 and 4.1.8.
        "x5t": _thumbprint(certificate, hashes.SHA1()),  # noqa: S303  an identifier, not a proof
        "x5t_s256": _thumbprint(certificate, hashes.SHA256()),
    }
    ends = min(last, ends_at or _in_a_year())
    return _add(scope, application_id, display_name, ends, values)


def add_federated_credential(
    scope: Scope,
    application_id: uuid.UUID,
    *,
    issuer: str,
    subject: str,
    audience: str = "api://AzureADTokenExchange",
    display_name: str = "",
    ends_at: datetime | None = None,
) -> Credential:
    """Let an application prove itself with a token of another issuer for exactly this subject.

    Raises Forbidden, also for an application that may do more than the actor or for longer, NotFound,
    InvalidInput, Conflict when it has too many credentials.
    """
    address = clean_line(issuer, "issuer", longest=600)
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInput(fields={"issuer": "must be an address that begins with https://"})
    values = {
        "kind": Credential.Kind.FEDERATED,
        "issuer": address,
        "subject": clean_line(subject, "subject", longest=600),
        "audience": clean_line(audience, "audience", longest=600),
    }
    return _add(scope, application_id, display_name, ends_at or _in_a_year(), values)


def remove_credential(scope: Scope, application_id: uuid.UUID, credential_id: uuid.UUID) -> None:
    """Let it prove nothing any more. Raises Forbidden, NotFound."""
    require(scope, Permission.APPLICATION_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        application = get_application(scope, application_id)
        credential = list_credentials(scope, application).filter(id=credential_id).first()
        if credential is None:
            raise NotFound("There is no such credential.")
        credential.removed_at = clock.now()
        credential.save(update_fields=["removed_at"])
        _tell(scope, "application.credential_removed", application, credential)


def hash_secret(text: str) -> str:
    """How a secret is kept. It is long and random: a slow hash would only slow down who knows it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _add(
    scope: Scope,
    application_id: uuid.UUID,
    display_name: str,
    ends_at: datetime,
    values: dict[str, str],
) -> Credential:
    require(scope, Permission.APPLICATION_MANAGE)
    name = clean_line(display_name, "display_name", longest=120, required=False)
    now = clock.now()
    if ends_at <= now:
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    check_lifetime(ends_at)
    with transaction.atomic():
        lock_directory(scope)
        application = get_application(scope, application_id)
        granted = permissions_of(list(grants_of_application(application, now)))
        check_may_grant(scope, granted, until=ends_at)
        if list_credentials(scope, application).count() >= CREDENTIALS_AT_MOST:
            raise Conflict("This application has too many credentials; remove one that is not used.")
        credential = Credential.rows.create(
            tenant_id=scope.tenant_id,
            application_id=application.id,
            display_name=name,
            created_at=now,
            starts_at=now,
            ends_at=ends_at,
            **values,
        )
        _tell(scope, "application.credential_added", application, credential)
    return credential


def _tell(scope: Scope, tag: str, application: Application, credential: Credential) -> None:
    details = {
        "kind": credential.kind,
        "name": credential.display_name,
        "credential": credential.id,
        "ends_at": credential.ends_at,
    }
    record(scope, tag, application_target(application), details=details)


def _in_a_year() -> datetime:
    return clock.now() + DEFAULT_LIFETIME


def _read_certificate(pem: str) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pem.strip().encode())
        key = certificate.public_key()
    except (ValueError, TypeError):
        raise InvalidInput(fields={"certificate": "must be one X.509 certificate in PEM"}) from None
    is_strong = isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA_KEY
    if not is_strong and not isinstance(key, ec.EllipticCurvePublicKey):
        reason = f"must hold an RSA key of at least {SHORTEST_RSA_KEY} bits, or an elliptic curve key"
        raise InvalidInput(fields={"certificate": reason})
    return certificate


def _thumbprint(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> str:
    return base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).decode().rstrip("=")
