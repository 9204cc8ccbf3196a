"""Signatures of webhooks: HMAC-SHA256 over id, time and body, with a secret that both sides know.

Standard Webhooks, "Signature scheme". While a secret is being changed, a message is signed with the new
and the old one; whoever knows either can verify it.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from tidegate.core.errors import InvalidInput

PREFIX: Final = "whsec_"
# The specification: between 24 and 64 bytes.
_BYTES: Final = 32
_SHORTEST: Final = 24
_LONGEST: Final = 64


def make_secret() -> str:
    """A new secret, in the form in which it is handed over."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def check_secret(secret: str, field: str) -> None:
    """Raise InvalidInput, naming the field, for what is no secret of this scheme."""
    try:
        number = len(_key(secret))
    except ValueError:
        number = 0
    if not secret.startswith(PREFIX) or not _SHORTEST <= number <= _LONGEST:
        raise InvalidInput(fields={field: f"must be {PREFIX} and 24 to 64 bytes in base64"})


def sign(known: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the header webhook-signature: one signature for each secret, newest first."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.new(_key(secret), signed, sha256).digest() for secret in known)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
