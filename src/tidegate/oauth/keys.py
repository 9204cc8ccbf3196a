"""The keys that tokens are signed with: made, rotated with overlap, published.

Kept in the process for a minute at most, so that signing and checking a token ask no database.
"""

import json
import logging
import threading
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, CertificateBuilder, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID
from django.db import transaction
from joserfc.jwk import RSAKey

from tidegate.core import clock
from tidegate.core.sealing import seal, unseal
from tidegate.oauth.models import SigningKey

SIGNS_FOR: Final = timedelta(days=60)
# Clients keep our keys for up to a day: a key is published that long before it signs.
PUBLISHED_BEFORE: Final = timedelta(days=2)
PUBLISHED_AFTER: Final = timedelta(days=2)
_USE: Final = "tidegate.oauth.signing_key"
_KEPT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key of ours that signs, under the name it is published with."""

    kid: str
    key: rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one moment: those that are published, and when each signs."""

    rows: tuple[SigningKey, ...]
    private: dict[str, PrivateKey]
    public: dict[str, RSAKey]
    read_at: float

    def signing(self, at: datetime) -> PrivateKey | None:
        """The newest key that signs at this instant, of those that can be unsealed.

        Where the clock was set back, and none signs yet, the one that will next.
        """
        able = [row for row in self.rows if row.key_id in self.private and at < row.retires_at]
        begun = [row for row in able if row.signs_from <= at] or able[-1:]
        return self.private[begun[0].key_id] if begun else None


_log = logging.getLogger(__name__)
_lock = threading.Lock()
_kept: list[Ring] = []


def signing_key() -> PrivateKey:
    """The key to sign with now; made if there is none."""
    key = _ring().signing(clock.now())
    if key is None:
        rotate_keys()
        key = _ring(fresh=True).signing(clock.now())
    assert key is not None  # noqa: S101  the line above made one
    return key


def known_signing_key(at: datetime) -> PrivateKey | None:
    """The same at this instant, where it is known without asking the database, or waiting for who asks it."""
    kept = _kept[:1]
    is_good = kept and time.monotonic() - kept[0].read_at < _KEPT_SECONDS
    return kept[0].signing(at) if is_good else None


def find_public_key(key_id: str) -> RSAKey | None:
    """The published key with this id; one that another process just made is found too."""
    ring = _ring()
    if key_id not in ring.public and time.monotonic() - ring.read_at > 1.0:
        ring = _ring(fresh=True)
    return ring.public.get(key_id)


def published_keys() -> list[dict[str, Any]]:
    """The public keys as JWKs (RFC 7517), newest first; never none, since whoever asks keeps the answer."""
    if not _ring().rows:
        signing_key()
    return [dict(row.public_key) for row in _ring().rows]


def rotate_keys() -> bool:
    """Make the next key when the last will retire soon, and forget those no token needs. A job."""
    now = clock.now()
    with transaction.atomic():
        rows = list(SigningKey.objects.select_for_update().order_by("-retires_at"))
        SigningKey.objects.filter(retires_at__lt=now - PUBLISHED_AFTER).delete()
        able = [row.retires_at for row in rows if _unseal(row)]
        last = able[0] if able else now
        if last > now + PUBLISHED_BEFORE:
            return False
        _make_key(now, max(last, now))
    forget_kept_keys()
    return True


def generate_private_key() -> rsa.RSAPrivateKey:
    """A new key of the size that clients of RS256 expect."""
    return rsa.generate_private_key(65537, 2048)


def forget_kept_keys() -> None:
    """Read the keys anew when they are next needed."""
    with _lock:
        _kept.clear()


def _make_key(now: datetime, signs_from: datetime) -> None:
    private, retires_at = generate_private_key(), signs_from + SIGNS_FOR
    certificate = _certify(private, now, retires_at + PUBLISHED_AFTER)
    thumbprint = urlsafe_b64encode(certificate.fingerprint(SHA1())).decode().rstrip("=")  # noqa: S303  a name
    chain = [b64encode(certificate.public_bytes(Encoding.DER)).decode()]
    # Older clients know a key by its certificate alone, and version 1 of Entra's tokens names it so.
    names: Any = {"use": "sig", "alg": "RS256", "kid": thumbprint, "x5t": thumbprint, "x5c": chain}
    key = RSAKey.import_key(private, names)
    SigningKey.objects.create(
        key_id=thumbprint,
        private_key=seal(json.dumps(key.as_dict(private=True)), _USE),
        public_key=key.as_dict(private=False),
        created_at=now,
        signs_from=signs_from,
        retires_at=retires_at,
    )


def _certify(private: rsa.RSAPrivateKey, begins: datetime, ends: datetime) -> Certificate:
    """A certificate that vouches for nothing: the form in which some clients want to read a key."""
    name = Name([NameAttribute(NameOID.COMMON_NAME, "Tidegate token signing")])
    builder = CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    dated = builder.serial_number(random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return dated.sign(private, SHA256())


def _ring(*, fresh: bool = False) -> Ring:
    with _lock:
        is_good = _kept and not fresh and time.monotonic() - _kept[0].read_at < _KEPT_SECONDS
        if not is_good:
            _kept[:] = [_read_ring()]
        return _kept[0]


def _read_ring() -> Ring:
    rows = tuple(SigningKey.objects.order_by("-signs_from"))
    unsealed = {row.key_id: _unseal(row) for row in rows}
    private = {key_id: _make_private(key_id, json.loads(text)) for key_id, text in unsealed.items() if text}
    public = {row.key_id: _import(row.public_key) for row in rows}
    return Ring(rows, private, public, time.monotonic())


def _unseal(row: SigningKey) -> str:
    """The private half; "" where the installation's key is another by now, so that a new one is made."""
    try:
        return unseal(row.private_key, _USE)
    except InvalidToken:
        _log.error("the signing key %s cannot be unsealed: TIDEGATE_SECRET_KEY has changed", row.key_id)
        return ""


def _make_private(key_id: str, jwk: dict[str, Any]) -> PrivateKey:
    return PrivateKey(key_id, cast("rsa.RSAPrivateKey", _import(jwk).private_key))


def _import(jwk: dict[str, Any]) -> RSAKey:
    return RSAKey.import_key(jwk)
