"""What a client would rather have (RFC 7240)."""

from typing import Final

from tidegate.oauth.endpoint import Call

APPLIED: Final = "Preference-Applied"
UNKNOWN_WORDS: Final = "include-unknown-enum-members"
"""Microsoft, "Best practices for working with Microsoft Graph": words that enumerations gained later."""


def prefers(call: Call, preference: str) -> bool:
    """Whether the request's `Prefer` names it, alone or among others."""
    named = call.request.headers.get("Prefer", "").split(",")
    return any(name.partition(";")[0].strip().lower() == preference for name in named)
