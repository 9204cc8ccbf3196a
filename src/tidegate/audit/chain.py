"""How events are bound to each other: canonical text, hash, seal.

SHA-256 (FIPS 180-4) over the previous hash and the event in canonical JSON (sorted members, no
blanks, UTF-8); the seal is HMAC-SHA-256 (RFC 2104) of that hash under a key derived from the
installation's secret.
"""

import hashlib
import hmac
import json
import uuid

from django.utils.crypto import salted_hmac

from tidegate.audit.models import AuditEvent

_FIELDS = tuple(
    field.attname for field in AuditEvent._meta.concrete_fields if field.attname not in {"hash", "seal"}
)


def first_hash(tenant_id: uuid.UUID) -> str:
    """What stands before the first event: bound to the tenant, so that chains cannot be exchanged."""
    return hashlib.sha256(f"tidegate audit {tenant_id}".encode()).hexdigest()


def hash_event(event: AuditEvent) -> str:
    """The event's hash, over every field but hash and seal, as 64 hex digits."""
    values = {name: _as_text(getattr(event, name)) for name in _FIELDS}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def seal_hash(event_hash: str) -> str:
    """The hash, signed with the installation's key, as 64 hex digits."""
    return salted_hmac("tidegate.audit.seal", event_hash, algorithm="sha256").hexdigest()


def seal_head(tenant_id: uuid.UUID, sequence: int, event_hash: str) -> str:
    """The end of a chain, signed: who cuts events off cannot say that it always ended there."""
    text = f"{tenant_id} {sequence} {event_hash}"
    return salted_hmac("tidegate.audit.head", text, algorithm="sha256").hexdigest()


def is_sealed(event_hash: str, seal: str) -> bool:
    """Whether the seal belongs to the hash; compared in constant time."""
    return hmac.compare_digest(seal_hash(event_hash), seal)


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else str(value)
