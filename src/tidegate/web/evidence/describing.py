"""A piece of evidence in few words: its icon, its name, and what else one wants to know at once."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.connectors.records import Json

type Body = Mapping[str, Json]

HEADINGS: Final[Mapping[str, Promise]] = {
    "files": gettext_lazy("Files"),
    "processes": gettext_lazy("Processes"),
    "addresses": gettext_lazy("Addresses and URLs"),
    "mail": gettext_lazy("Mail"),
    "registry": gettext_lazy("Registry and accounts"),
    "devices": gettext_lazy("Devices"),
    "other": gettext_lazy("Other"),
}
ICONS: Final[Mapping[str, str]] = {
    "fileEvidence": "file",
    "processEvidence": "process",
    "ipEvidence": "globe",
    "urlEvidence": "link",
    "analyzedMessageEvidence": "mail",
    "mailboxEvidence": "mail",
    "mailClusterEvidence": "mail",
    "registryKeyEvidence": "registry",
    "registryValueEvidence": "registry",
    "userEvidence": "user",
    "securityGroupEvidence": "groups",
    "deviceEvidence": "device",
    "cloudApplicationEvidence": "cloud",
    "oauthApplicationEvidence": "applications",
}
OTHER_ICON: Final = "properties"


def read_body(text: str) -> dict[str, Json]:
    """The stored JSON of a piece of evidence."""
    body: dict[str, Json] = msgspec.json.decode(text)
    return body


def describe_kind(kind: str) -> str:
    """The kind of evidence as Graph calls it, without its ending."""
    return kind.removesuffix("Evidence")


def describe_body(kind: str, body: Body) -> str:
    """What stands beside the name; nothing for kinds of which nothing more is known."""
    tell = _TELLERS.get(kind)
    return ", ".join(tell(body)) if tell else ""


def dig(body: Body, path: str) -> str:
    """The text at a path like "fileDetails.sha256"; empty when it is not there."""
    value: Json = dict(body)
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _tell_file(body: Body) -> Iterator[str]:
    signer = dig(body, "fileDetails.signer")
    if signer:
        yield _("signed by %(name)s") % {"name": signer}
    size = dig(body, "fileDetails.fileSize")
    if size.isascii() and size.isdigit() and len(size) < 16:
        yield str(filesizeformat(int(size)))
    yield from _present(body, "fileDetails.filePath")


def _tell_process(body: Body) -> Iterator[str]:
    pid = dig(body, "processId")
    if pid:
        yield _("pid %(pid)s") % {"pid": pid}
    yield from _first(body, "userAccount.accountName", "userAccount.userPrincipalName")


def _tell_address(body: Body) -> Iterator[str]:
    yield from _present(body, "location.city")
    yield from _first(body, "location.countryName", "countryLetterCode")


def _tell_message(body: Body) -> Iterator[str]:
    sender = dig(body, "p2Sender.emailAddress") or dig(body, "p1Sender.emailAddress")
    if sender:
        yield _("from %(sender)s") % {"sender": sender}
    recipient = dig(body, "recipientEmailAddress")
    if recipient:
        yield _("to %(recipient)s") % {"recipient": recipient}


def _tell_user(body: Body) -> Iterator[str]:
    yield from _first(body, "userAccount.displayName", "userAccount.domainName")


def _first(body: Body, *paths: str) -> Iterator[str]:
    found = next((text for path in paths if (text := dig(body, path))), "")
    if found:
        yield found


def _present(body: Body, *paths: str) -> Iterator[str]:
    yield from (text for path in paths if (text := dig(body, path)))


_TELLERS: Final[Mapping[str, Callable[[Body], Iterator[str]]]] = {
    "fileEvidence": _tell_file,
    "processEvidence": _tell_process,
    "ipEvidence": _tell_address,
    "analyzedMessageEvidence": _tell_message,
    "mailboxEvidence": lambda body: _present(body, "displayName"),
    "userEvidence": _tell_user,
    "registryValueEvidence": lambda body: _present(body, "registryValue"),
    "deviceEvidence": lambda body: _present(body, "osPlatform", "rbacGroupName"),
    "cloudApplicationEvidence": lambda body: _present(body, "instanceName"),
    "oauthApplicationEvidence": lambda body: _present(body, "publisher"),
}
