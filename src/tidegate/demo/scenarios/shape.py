"""What a scenario is made of: stages that tell a story, and the clues each of them leaves.

Texts may hold words in braces that are filled in from an incident's cast, for instance
"{device}" or "{user}"; `casting.Cast.words` lists them all. Enum values are Microsoft Graph's.
"""

from dataclasses import dataclass
from enum import StrEnum

from tidegate.demo.specs import DeviceKind, Trade


class Severity(StrEnum):
    """Graph's alertSeverity, from mild to grave."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Verdict(StrEnum):
    """Graph's evidenceVerdict."""

    UNKNOWN = "unknown"
    SUSPICIOUS = "suspicious"
    MALICIOUS = "malicious"
    CLEAN = "noThreatsFound"


class Ending(StrEnum):
    """How a resolved incident of a scenario usually turns out."""

    ATTACK = "attack"
    ACCOUNT = "account"
    PHISHING = "phishing"
    MALWARE = "malware"
    UNWANTED = "unwanted"
    HARMLESS = "harmless"
    INSIDER = "insider"


@dataclass(frozen=True, slots=True)
class Sensor:
    """What raised an alert: Graph's serviceSource, detectionSource and productName, and its ids' first letters."""

    service: str
    detection: str
    product: str
    id_prefix: str


ENDPOINT = Sensor(
    "microsoftDefenderForEndpoint", "microsoftDefenderForEndpoint", "Microsoft Defender for Endpoint", "ed"
)
ANTIVIRUS = Sensor("microsoftDefenderForEndpoint", "antivirus", "Microsoft Defender for Endpoint", "da")
SMART_SCREEN = Sensor("microsoftDefenderForEndpoint", "smartScreen", "Microsoft Defender for Endpoint", "da")
CUSTOM = Sensor("microsoft365Defender", "customDetection", "Microsoft Defender XDR", "cd")
IDENTITY = Sensor(
    "microsoftDefenderForIdentity", "microsoftDefenderForIdentity", "Microsoft Defender for Identity", "aa"
)
SIGN_IN = Sensor("azureAdIdentityProtection", "azureAdIdentityProtection", "Microsoft Entra ID Protection", "ad")
MAIL = Sensor(
    "microsoftDefenderForOffice365", "microsoftDefenderForOffice365", "Microsoft Defender for Office 365", "fa"
)
CLOUD = Sensor("microsoftDefenderForCloudApps", "cloudAppSecurity", "Microsoft Defender for Cloud Apps", "ca")
APPS = Sensor("microsoftAppGovernance", "appGovernanceDetection", "App governance", "ag")
DATA_LOSS = Sensor("dataLossPrevention", "microsoftDataLossPrevention", "Microsoft Data Loss Prevention", "dl")
PLANT = Sensor("microsoftDefenderForCloud", "microsoftDefenderForIoT", "Microsoft Defender for IoT", "io")
CORRELATION = Sensor("microsoft365Defender", "microsoft365Defender", "Microsoft Defender XDR", "ra")


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


@dataclass(frozen=True, slots=True)
class Stage:
    """One alert of a story. `wait` is how many minutes pass since the stage before, at least and at most."""

    title: str
    description: str
    sensor: Sensor
    severity: Severity
    category: str
    techniques: tuple[str, ...]
    playbook: str
    clues: tuple[Clue, ...]
    wait: tuple[float, float] = (1, 9)
    threat: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story. `weight` is how often it is told; no `trades` means every trade; `needs` a kind of machine."""

    key: str
    title: str
    stages: tuple[Stage, ...]
    endings: tuple[Ending, ...]
    weight: int = 10
    tags: tuple[str, ...] = ()
    trades: frozenset[Trade] = frozenset()
    needs: DeviceKind | None = None
