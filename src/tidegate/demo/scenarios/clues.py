"""The clues an alert leaves: what becomes a piece of evidence once the cast is known.

Texts may hold words in braces (see `shape`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Graph's evidenceVerdict."""

    UNKNOWN = "unknown"
    SUSPICIOUS = "suspicious"
    MALICIOUS = "malicious"
    CLEAN = "noThreatsFound"


class Who(StrEnum):
    """Which person of the cast a clue means."""

    USER = "user"
    COLLEAGUE = "colleague"
    SERVICE = "service"


class Where(StrEnum):
    """Which machine of the cast a clue means."""

    DEVICE = "device"
    SECOND = "second"
    SERVER = "server"
    FILES = "files"
    DOMAIN = "domain"
    STATION = "station"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class DeviceClue:
    """A machine that takes part."""

    where: Where = Where.DEVICE
    verdict: Verdict = Verdict.SUSPICIOUS
    role: str = "compromised"


@dataclass(frozen=True, slots=True)
class UserClue:
    """A person or service account that takes part."""

    who: Who = Who.USER
    verdict: Verdict = Verdict.SUSPICIOUS
    role: str = "compromised"


@dataclass(frozen=True, slots=True)
class MailboxClue:
    """A mailbox that takes part."""

    who: Who = Who.USER
    verdict: Verdict = Verdict.SUSPICIOUS


@dataclass(frozen=True, slots=True)
class FileClue:
    """A file on a machine. `publisher` is empty for an unsigned one."""

    name: str
    folder: str = "C:\\Users\\{account}\\Downloads"
    where: Where = Where.DEVICE
    verdict: Verdict = Verdict.MALICIOUS
    publisher: str = ""
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class ProcessClue:
    """A process with the one that started it. Both names are in `words.programs` or unsigned strangers."""

    name: str
    command: str
    parent: str
    where: Where = Where.DEVICE
    who: Who | None = Who.USER
    verdict: Verdict = Verdict.SUSPICIOUS
    folder: str = "C:\\ProgramData"


@dataclass(frozen=True, slots=True)
class IpClue:
    """An outside address; `second` takes the cast's other one."""

    second: bool = False
    verdict: Verdict = Verdict.SUSPICIOUS
    role: str = "attacker"


@dataclass(frozen=True, slots=True)
class UrlClue:
    """A web address."""

    url: str
    verdict: Verdict = Verdict.MALICIOUS


@dataclass(frozen=True, slots=True)
class MessageClue:
    """An e-mail from outside to a person of the cast."""

    subject: str = "{lure}"
    sender: str = "billing@{evil}"
    who: Who = Who.USER
    threat: str = "Phish"
    delivered: bool = True
    url: str = ""
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class RegistryKeyClue:
    """A key of the Windows registry."""

    hive: str
    key: str
    verdict: Verdict = Verdict.SUSPICIOUS


@dataclass(frozen=True, slots=True)
class RegistryValueClue:
    """A value of the Windows registry; a string."""

    hive: str
    key: str
    name: str
    value: str
    where: Where = Where.DEVICE


@dataclass(frozen=True, slots=True)
class CloudAppClue:
    """A cloud application in use."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class OAuthClue:
    """An application somebody gave consent to."""

    name: str
    publisher: str
    verdict: Verdict = Verdict.SUSPICIOUS


type Clue = (
    DeviceClue
    | UserClue
    | MailboxClue
    | FileClue
    | ProcessClue
    | IpClue
    | UrlClue
    | MessageClue
    | RegistryKeyClue
    | RegistryValueClue
    | CloudAppClue
    | OAuthClue
)
