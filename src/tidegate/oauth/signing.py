"""RS256 in the compact form, with nothing around it that a token does not need."""

from base64 import urlsafe_b64encode
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

_PADDING: Final = PKCS1v15()
_HASH: Final = SHA256()


def serialize(header: bytes, claims: dict[str, Any], key: RSAPrivateKey) -> str:
    """A JSON Web Signature in its compact form (RFC 7515, section 7.1); `header` is its first part."""
    told = b"%b.%b" % (header, _encode(claims))
    # Whoever else runs in this process goes on meanwhile: the library lets go of Python's lock.
    signature = urlsafe_b64encode(key.sign(told, _PADDING, _HASH)).rstrip(b"=")
    return (b"%b.%b" % (told, signature)).decode()


def encode_header(header: dict[str, str]) -> bytes:
    """The first part of what `serialize` writes."""
    return _encode(header)


def _encode(value: dict[str, Any]) -> bytes:
    return urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=")
