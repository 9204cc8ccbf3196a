"""Secrets that must be read again, unreadable in the database and its backups."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def seal(text: str, use: str) -> str:
    """Encrypt with a key made from the installation's own for one use, named like a module."""
    return _fernet(use).encrypt(text.encode()).decode()


def unseal(sealed: str, use: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when the installation's key is another."""
    return _fernet(use).decrypt(sealed.encode()).decode()


def _fernet(use: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive_key(force_bytes(key), use)) for key in keys])


def _derive_key(secret: bytes, use: str) -> bytes:
    # HKDF, RFC 5869: one key per use from one secret.
    derivation = HKDF(SHA256(), length=32, salt=None, info=use.encode())
    return base64.urlsafe_b64encode(derivation.derive(secret))
