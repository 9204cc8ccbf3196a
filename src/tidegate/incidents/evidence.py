"""How evidence is shown together, and which verdict on it counts."""

from typing import Final

_VERDICT_ORDER: Final = ("malicious", "suspicious", "unknown", "noThreatsFound")

GROUPS: Final = {
    "fileEvidence": "files",
    "processEvidence": "processes",
    "ipEvidence": "addresses",
    "urlEvidence": "addresses",
    "analyzedMessageEvidence": "mail",
    "mailboxEvidence": "mail",
    "mailClusterEvidence": "mail",
    "registryKeyEvidence": "registry",
    "registryValueEvidence": "registry",
    "userEvidence": "registry",
    "securityGroupEvidence": "registry",
    "deviceEvidence": "devices",
}
"""Under which heading of the incident page each kind stands; any other stands under `other`."""


def worse_verdict(one: str, other: str) -> str:
    """The worse of two verdicts; malicious is the worst."""
    return min(one, other, key=lambda word: _VERDICT_ORDER.index(word) if word in _VERDICT_ORDER else 2)
