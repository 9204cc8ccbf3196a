"""Keys and certificates of applications, and assertions signed with them."""

import time
import uuid
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.utils import timezone
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

REGISTRY = jws.JWSRegistry(algorithms=["RS256", "PS256", "ES256"], strict_check_header=False)
REGISTRY.max_header_length = 8192

type Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def make_private(name: str) -> Private:
    """A private key of this name: an elliptic one if the name begins with "ec"."""
    if name.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)


def make_pem(private: Private) -> str:
    """A certificate of its own for a key, good for a year."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIEM")])
    now = timezone.now()
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    dated = builder.not_valid_before(now - timedelta(days=365)).not_valid_after(now + timedelta(days=365))
    signed = dated.serial_number(x509.random_serial_number()).sign(private, SHA256())
    return signed.public_bytes(Encoding.PEM).decode()


def make_assertion(
    private: Private, client_id: str, audience: str, *, header: dict[str, Any] | None = None, **changes: Any
) -> str:
    """An assertion as Microsoft's libraries make it, with times that are fractions of seconds."""
    now = time.time()
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "exp": now + 600,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    is_rsa = isinstance(private, rsa.RSAPrivateKey)
    key = RSAKey.import_key(private) if is_rsa else ECKey.import_key(private)  # type: ignore[arg-type]
    return jwt.encode({"alg": "RS256" if is_rsa else "ES256", **(header or {})}, kept, key, registry=REGISTRY)
