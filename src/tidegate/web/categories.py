"""Alert categories in words: Microsoft writes `InitialAccess`, people read "Initial access"."""

import re
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: Final[Mapping[str, Promise]] = {
    "collection": _("Collection"),
    "commandandcontrol": _("Command and control"),
    "credentialaccess": _("Credential access"),
    "defenseevasion": _("Defense evasion"),
    "discovery": _("Discovery"),
    "execution": _("Execution"),
    "exfiltration": _("Exfiltration"),
    "exploit": _("Exploit"),
    "impact": _("Impact"),
    "initialaccess": _("Initial access"),
    "lateralmovement": _("Lateral movement"),
    "malware": _("Malware"),
    "persistence": _("Persistence"),
    "phishing": _("Phishing"),
    "privilegeescalation": _("Privilege escalation"),
    "ransomware": _("Ransomware"),
    "reconnaissance": _("Reconnaissance"),
    "suspiciousactivity": _("Suspicious activity"),
    "unwantedsoftware": _("Unwanted software"),
}

# As Microsoft spells those that alerts are of (Graph, alert: category; "Alert categories").
KNOWN_CATEGORIES: Final = (
    *("Collection", "CommandAndControl", "CredentialAccess", "DefenseEvasion", "Discovery", "Execution"),
    *("Exfiltration", "Exploit", "Impact", "InitialAccess", "LateralMovement", "Malware", "Persistence"),
    *("PrivilegeEscalation", "Ransomware", "Reconnaissance", "SuspiciousActivity", "UnwantedSoftware"),
)


def category_label(category: str) -> str:
    """The category in the reader's language; one that is not known, as separate words."""
    known = _WORDS.get(category.replace(" ", "").lower())
    if known is not None:
        return str(known)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", category)
    return words[:1].upper() + words[1:].lower()
