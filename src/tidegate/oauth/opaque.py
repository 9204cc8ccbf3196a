"""Codes and tokens that mean something to us alone: random text, with the tenant in front whose it is.

The tenant stands in it so that a row is found by its tenant, as every row is; it is no secret, and nobody
is believed for writing another one there.
"""

import base64
import binascii
import hashlib
import secrets
import uuid
from dataclasses import dataclass, field

_RANDOM_BYTES = 32
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Opaque:
    """One code or token: whose it is, and the hash under which it is kept."""

    tenant_id: uuid.UUID
    digest: str
    text: str = field(repr=False)


def make_opaque(tenant_id: uuid.UUID) -> Opaque:
    """A new one."""
    place = base64.urlsafe_b64encode(tenant_id.bytes).decode().rstrip("=")
    return _hash(tenant_id, f"1.{place}.{secrets.token_urlsafe(_RANDOM_BYTES)}")


def read_opaque(text: str) -> Opaque | None:
    """One that was sent to us; None for anything that we could not have made."""
    parts = text.split(".") if len(text) <= _LONGEST and text.isascii() else []
    if len(parts) != 3 or parts[0] != "1" or len(parts[1]) != 22:
        return None
    try:
        return _hash(uuid.UUID(bytes=base64.urlsafe_b64decode(f"{parts[1]}==")), text)
    except (binascii.Error, ValueError):
        return None


def digest_of(text: str) -> str:
    """How such text is kept: it is random and long, so a plain hash tells nobody anything."""
    return hashlib.sha256(text.encode()).hexdigest()


def _hash(tenant_id: uuid.UUID, text: str) -> Opaque:
    return Opaque(tenant_id, digest_of(text), text)
