"""What a scenario is made of: stages that tell a story, and the clues each of them leaves.

Texts may hold words in braces that are filled in from an incident's cast, for instance
"{device}" or "{user}"; `casting.Cast.words` lists them all. Enum values are Microsoft Graph's.
"""

from dataclasses import dataclass
from enum import StrEnum

from tidegate.demo.specs import DeviceKind, Trade

from .clues import Clue
from .sensors import Sensor


class Severity(StrEnum):
    """Graph's alertSeverity, from mild to grave."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Ending(StrEnum):
    """How a resolved incident of a scenario usually turns out."""

    ATTACK = "attack"
    ACCOUNT = "account"
    PHISHING = "phishing"
    MALWARE = "malware"
    UNWANTED = "unwanted"
    HARMLESS = "harmless"
    INSIDER = "insider"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Stage:
    """One alert of a story. `wait`: minutes since the stage before, at least and at most."""

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
