"""RS256 in the compact form, with nothing around it that a token does not need."""

from base64 import urlsafe_b64encode
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256


def serialize(header: dict[str, Any], claims: dict[str, Any], key: RSAPrivateKey) -> str:
    """A JSON Web Signature in its compact form (RFC 7515, section 7.1)."""
    told = b".".join((_encode(msgspec.json.encode(header)), _encode(msgspec.json.encode(claims))))
    signature = key.sign(told, PKCS1v15(), SHA256())
    return b".".join((told, _encode(signature))).decode()


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
