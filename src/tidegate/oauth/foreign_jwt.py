"""JSON Web Tokens that others made: read with care, believed only once their signature was checked."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
SKEW: Final = timedelta(minutes=5)
LONGEST_LIFE: Final = timedelta(days=1)
LONGEST: Final = 32_768
SHORTEST_RSA_KEY: Final = 2048


class UnreadableJwt(Exception):
    """It is no JWT that could be checked. Says why."""


class _Registry(jws.JWSRegistry):
    # A header may carry the whole chain of certificates (x5c), which is read by nobody.
    max_header_length = LONGEST
    max_payload_length = LONGEST


_REGISTRY: Final = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True, slots=True)
class ForeignJwt:
    """A token's header and claims as they were written, signed or not."""

    text: str = field(repr=False)
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def audiences(self) -> frozenset[str]:
        """Whom it is for (RFC 7519, section 4.1.3)."""
        named = self.claims.get("aud")
        return frozenset(map(str, named)) if isinstance(named, list) else frozenset({str(named)})

    @property
    def identity(self) -> str:
        """A hash of what makes it one of its kind: issuer and `jti`, or all of it where there is no `jti`."""
        issuer, name = self.claims.get("iss"), self.claims.get("jti")
        return hashlib.sha256(repr((issuer, name) if name else self.text).encode()).hexdigest()

    def is_signed_by(self, key: Key) -> bool:
        """Whether this key made the signature, by an algorithm that we allow."""
        try:
            jws.deserialize_compact(self.text.encode(), key, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError):
            return False
        return True

    def ends_within_a_day(self, now: datetime) -> datetime | None:
        """When it ends; None unless it has begun, has not ended, and ends within a day."""
        times = {name: self.claims[name] for name in ("exp", "nbf", "iat") if name in self.claims}
        if "exp" not in times or not all(_is_number(value) for value in times.values()):
            return None
        begins = max(times.get("nbf", 0), times.get("iat", 0))
        at, ends = now.timestamp(), times["exp"]
        is_good = begins - SKEW.total_seconds() <= at < ends + SKEW.total_seconds()
        if not is_good or ends > at + LONGEST_LIFE.total_seconds():
            return None
        return datetime.fromtimestamp(ends, UTC) + SKEW


def peek(text: str) -> ForeignJwt:
    """Header and claims of a token, unchecked. Raises UnreadableJwt."""
    if not text.isascii() or len(text) > LONGEST or text.count(".") != 2:
        raise UnreadableJwt("it is not a signed JWT in compact form.")
    try:
        token = jws.extract_compact(text.encode(), registry=_REGISTRY)
        claims = json.loads(token.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise UnreadableJwt("it cannot be read.") from None
    header = token.headers()
    if not isinstance(claims, dict) or header.get("alg") not in ALGORITHMS:
        raise UnreadableJwt(f"its algorithm must be one of {', '.join(ALGORITHMS)}.")
    return ForeignJwt(text, dict(header), claims)


def import_certificate_key(certificate: x509.Certificate) -> Key:
    """The public key of a certificate, to check signatures with."""
    key = certificate.public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return RSAKey.import_key(pem) if isinstance(key, rsa.RSAPublicKey) else ECKey.import_key(pem)


def import_published_key(jwk: object) -> Key | None:
    """A key that an issuer publishes (RFC 7517); None for one that we would not check signatures with."""
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
        return None
    kinds = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
    names = kinds.get(str(jwk.get("kty")), ())
    # Only the public members: what else stands in a key set is not asked to mean anything here.
    public = {name: jwk.get(name) for name in ("kty", *names)}
    try:
        if jwk.get("kty") == "RSA":
            key = RSAKey.import_key(public)  # type: ignore[arg-type]
            return key if key.public_key.key_size >= SHORTEST_RSA_KEY else None
        return ECKey.import_key(public) if names else None  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError):
        return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
