"""An authenticator app: the codes of RFC 6238, worked out apart from the product."""

import base64
import hmac
import struct
import time

STEP = 30


def current_step() -> int:
    return int(time.time()) // STEP


def code_at_step(secret: str, step: int) -> str:
    """Six digits for a Base32 secret (RFC 4226 section 5.3, with SHA-1)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
