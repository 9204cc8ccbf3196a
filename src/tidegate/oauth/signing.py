"""RS256 signatures that let other threads work meanwhile.

A signature is a third of what a token costs, and `cryptography` holds Python's lock for as long as it signs:
one process would sign on one core. Here OpenSSL is called as `ctypes` calls it, without the lock: the very
library that this Python's `ssl` module is linked with. Where that can't be reached (Python linked with it
statically), `cryptography` signs.
"""

import ctypes
import ssl
from base64 import urlsafe_b64encode
from typing import Any, Final, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_POINTER: Final = ctypes.c_void_p
# What is called, with its result and its arguments, as openssl/evp.h and openssl/x509.h declare them.
_DECLARED: Final = {
    "d2i_AutoPrivateKey": (_POINTER, (_POINTER, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long)),
    "EVP_PKEY_free": (None, (_POINTER,)),
    "EVP_sha256": (_POINTER, ()),
    "EVP_MD_CTX_new": (_POINTER, ()),
    "EVP_MD_CTX_free": (None, (_POINTER,)),
    "EVP_DigestSignInit": (ctypes.c_int, (_POINTER,) * 5),
    "EVP_DigestSign": (
        ctypes.c_int,
        (_POINTER, _POINTER, ctypes.POINTER(ctypes.c_size_t), ctypes.c_char_p, ctypes.c_size_t),
    ),
    "ERR_clear_error": (None, ()),
}


class Signer(Protocol):
    """One private key that signs with PKCS #1 v1.5 and SHA-256, from any number of threads."""

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes, as long as the key's modulus."""
        ...


def make_signer(key: RSAPrivateKey) -> Signer:
    """The fastest signer that this Python allows."""
    return _WithoutLock(_openssl, key) if _openssl else _WithLock(key)


def serialize(header: dict[str, Any], claims: dict[str, Any], signer: Signer) -> str:
    """A JSON Web Signature in its compact form (RFC 7515, section 7.1)."""
    told = b".".join((_encode(msgspec.json.encode(header)), _encode(msgspec.json.encode(claims))))
    return b".".join((told, _encode(signer.sign(told)))).decode()


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


class _WithLock:
    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data, PKCS1v15(), SHA256())


class _WithoutLock:
    """A key inside OpenSSL; it may be used by several threads, each call with a context of its own."""

    def __init__(self, openssl: ctypes.CDLL, key: RSAPrivateKey) -> None:
        self._openssl = openssl
        self._size = key.key_size // 8
        der = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        begin = ctypes.c_char_p(der)
        self._key = openssl.d2i_AutoPrivateKey(None, ctypes.byref(begin), len(der))
        if not self._key:
            raise self._fail("read")

    def __del__(self) -> None:
        if getattr(self, "_key", None):
            self._openssl.EVP_PKEY_free(self._key)

    def sign(self, data: bytes) -> bytes:
        context = self._openssl.EVP_MD_CTX_new()
        try:
            signature = ctypes.create_string_buffer(self._size)
            length = ctypes.c_size_t(self._size)
            is_signed = (
                self._openssl.EVP_DigestSignInit(context, None, self._openssl.EVP_sha256(), None, self._key)
                == 1
                and self._openssl.EVP_DigestSign(context, signature, length, data, len(data)) == 1
            )
            if not is_signed:
                raise self._fail("used")
            return signature.raw[: length.value]
        finally:
            self._openssl.EVP_MD_CTX_free(context)

    def _fail(self, done: str) -> RuntimeError:
        # What OpenSSL keeps of an error would be found by the next caller on this thread.
        self._openssl.ERR_clear_error()
        return RuntimeError(f"The signing key could not be {done} by OpenSSL")


def _find_openssl() -> ctypes.CDLL | None:
    try:
        # The module's own file: its symbols are looked for in what it is linked with, too.
        found = ctypes.CDLL(ssl._ssl.__file__)  # type: ignore[attr-defined]  # noqa: SLF001
        for name, (result, arguments) in _DECLARED.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
    except (AttributeError, OSError):
        return None
    return found


_openssl: Final = _find_openssl()
