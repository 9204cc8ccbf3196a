"""Where and when a clue is found, and the members every piece of evidence has."""

from dataclasses import dataclass
from datetime import datetime

from tidegate.connectors.records import Json
from tidegate.demo.casting import Cast
from tidegate.demo.scenarios.clues import (
    Verdict,
)
from tidegate.demo.spelling import wire_time

_NAMESPACE = "#microsoft.graph.security."


@dataclass(frozen=True, slots=True)
class Scene:
    """The moment of an alert; `cleaned` when somebody has removed what was bad."""

    cast: Cast
    seen_at: datetime
    cleaned: bool


def base(
    scene: Scene, kind: str, verdict: Verdict, role: str | None, *, stopped: bool = False
) -> dict[str, Json]:
    """The members of Graph's alertEvidence for a piece of that kind, such as "fileEvidence"."""
    return {
        "@odata.type": f"{_NAMESPACE}{kind}",
        "createdDateTime": wire_time(scene.seen_at),
        "verdict": verdict.value,
        "remediationStatus": _remediation(verdict, cleaned=scene.cleaned, stopped=stopped),
        "remediationStatusDetails": None,
        "roles": [] if role is None else [role],
        "detailedRoles": [],
        "tags": [],
    }


def _remediation(verdict: Verdict, *, cleaned: bool, stopped: bool) -> str:
    if stopped:
        return "prevented"
    if verdict is Verdict.MALICIOUS:
        return "remediated" if cleaned else "active"
    return "none"
