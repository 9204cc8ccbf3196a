"""RS256 in the compact form, with nothing around it that a token does not need."""

from binascii import b2a_base64
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

_PADDING: Final = PKCS1v15()
_HASH: Final = SHA256()
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


class Draft(NamedTuple):
    """What a JSON Web Signature tells (its first two parts), and the key that is to sign it."""

    told: bytes
    key: RSAPrivateKey

    def sign(self) -> bytes:
        """The signature. Whoever else runs in this process goes on meanwhile: Python's lock is let go of."""
        return self.key.sign(self.told, _PADDING, _HASH)

    def finish(self, signature: bytes) -> str:
        """The whole in its compact form (RFC 7515, section 7.1)."""
        return (b"%b.%b" % (self.told, encode_bytes(signature))).decode()


def draft(header: bytes, claims: dict[str, Any], key: RSAPrivateKey) -> Draft:
    """A signature to be made; `header` is its first part."""
    return Draft(b"%b.%b" % (header, _encode(claims)), key)


def encode_header(header: dict[str, str]) -> bytes:
    """The first part of what is signed."""
    return _encode(header)


def encode_bytes(value: bytes) -> bytes:
    """As base64url without padding (RFC 7515, section 2)."""
    return b2a_base64(value, newline=False).translate(_URL_SAFE).rstrip(b"=")


def _encode(value: dict[str, Any]) -> bytes:
    return encode_bytes(msgspec.json.encode(value))
