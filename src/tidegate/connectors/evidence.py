"""What evidence is called, and what makes two pieces of it the same thing, by Graph's words for it."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

type Body = Mapping[str, Any]


def name_evidence(kind: str, body: Body) -> str:
    """How a person would call it, at most 1,024 characters; the kind when it has no name."""
    name = _NAMES.get(kind, _any_name)(body)
    return (name or kind.removesuffix("Evidence"))[:1024]


def key_evidence(kind: str, body: Body) -> str:
    """SHA-256, as hex, of what makes it the same thing in another alert of the tenant."""
    parts = _IDENTIFIERS.get(kind, ())
    values = [str(_dig(body, part) or "").lower() for part in parts]
    text = "\n".join(values) if any(values) else name_evidence(kind, body).lower()
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()


def _dig(body: Body, path: str) -> Any:
    """The member at a path of one step or two."""
    outer, _, inner = path.partition(".")
    value = body.get(outer)
    if inner:
        return value.get(inner) if isinstance(value, dict) else None
    return value


def _text(body: Body, *paths: str) -> str:
    for path in paths:
        value = _dig(body, path)
        if value is not None and value != "":
            return str(value)
    return ""


def _registry_name(body: Body) -> str:
    parts = (_text(body, "registryHive"), _text(body, "registryKey"), _text(body, "registryValueName"))
    return "\\".join(part for part in parts if part)


def _any_name(body: Body) -> str:
    return _text(body, "displayName", "name", "appId", "id")


_NAMES: Final[Mapping[str, Callable[[Body], str]]] = {
    "deviceEvidence": lambda body: _text(body, "deviceDnsName", "hostName", "mdeDeviceId", "azureAdDeviceId"),
    "fileEvidence": lambda body: _text(
        body, "fileDetails.fileName", "fileDetails.sha256", "fileDetails.sha1"
    ),
    "processEvidence": lambda body: _text(body, "imageFile.fileName", "processCommandLine", "processId"),
    "ipEvidence": lambda body: _text(body, "ipAddress"),
    "urlEvidence": lambda body: _text(body, "url"),
    "userEvidence": lambda body: _text(
        body, "userAccount.userPrincipalName", "userAccount.accountName", "userAccount.userSid"
    ),
    "mailboxEvidence": lambda body: _text(body, "primaryAddress", "displayName"),
    "analyzedMessageEvidence": lambda body: _text(body, "subject", "networkMessageId", "internetMessageId"),
    "mailClusterEvidence": lambda body: _text(body, "clusterBy", "query"),
    "registryKeyEvidence": _registry_name,
    "registryValueEvidence": _registry_name,
    "cloudApplicationEvidence": lambda body: _text(body, "displayName", "appId"),
    "oauthApplicationEvidence": lambda body: _text(body, "displayName", "appId"),
}

_IDENTIFIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "deviceEvidence": ("mdeDeviceId", "azureAdDeviceId", "deviceDnsName"),
    "fileEvidence": (
        "fileDetails.sha256",
        "fileDetails.sha1",
        "fileDetails.fileName",
        "fileDetails.filePath",
        "mdeDeviceId",
    ),
    "processEvidence": ("mdeDeviceId", "processId", "processCreationDateTime", "imageFile.fileName"),
    "ipEvidence": ("ipAddress",),
    "urlEvidence": ("url",),
    "userEvidence": (
        "userAccount.azureAdUserId",
        "userAccount.userSid",
        "userAccount.userPrincipalName",
        "userAccount.domainName",
        "userAccount.accountName",
    ),
    "mailboxEvidence": ("primaryAddress",),
    "analyzedMessageEvidence": ("networkMessageId", "internetMessageId", "recipientEmailAddress"),
    "cloudApplicationEvidence": ("appId", "instanceId"),
    "oauthApplicationEvidence": ("appId", "objectId"),
}
