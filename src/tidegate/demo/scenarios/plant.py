"""Stories from process networks: cranes, valves, packaging lines."""

from tidegate.demo.specs import DeviceKind

from .clues import (
    DeviceClue,
    IpClue,
    UserClue,
    Verdict,
    Where,
    Who,
)
from .sensors import (
    PLANT,
    SIGN_IN,
)
from .shape import (
    Ending,
    Scenario,
    Severity,
    Stage,
)

# A table: each alert is one block, read downwards.
# fmt: off

UNKNOWN_CONTROLLER = Scenario(
    "unknown-controller",
    "Engineering laptop to unknown controller",
    (
        Stage(
            "{device} spoke to a controller it never spoke to",
            "An engineering program opened a session with a controller that is not in its project.",
            PLANT, Severity.MEDIUM, "LateralMovement", ("T0886", "T0843"), "plant",
            (DeviceClue(verdict=Verdict.UNKNOWN, role="source"),
             DeviceClue(Where.JUMP, Verdict.UNKNOWN, "destination"),
             UserClue(verdict=Verdict.UNKNOWN, role="contextual")),
        ),
        Stage(
            "Program of a controller changed outside the change window",
            "The logic of a controller behind {jump} was replaced. No change is on the calendar.",
            PLANT, Severity.HIGH, "Impact", ("T0889", "T0831"), "plant",
            (DeviceClue(Where.JUMP, Verdict.SUSPICIOUS, "attacked"), UserClue(Who.SERVICE)),
            wait=(8, 60),
        ),
    ),
    (Ending.HARMLESS, Ending.HARMLESS, Ending.ATTACK),
    weight=9,
    tags=("OT",),
    needs=DeviceKind.JUMP_HOST,
)

PORT_SCAN = Scenario(
    "plant-port-scan",
    "Port scan from {jump}",
    (
        Stage(
            "{jump} scanned {count} addresses of the process network",
            "Connections to many addresses and few ports in a short time.",
            PLANT, Severity.LOW, "Discovery", ("T0846", "T1046"), "plant",
            (DeviceClue(Where.JUMP, Verdict.UNKNOWN, "source"),),
        ),
    ),
    (Ending.HARMLESS,),
    weight=9,
    tags=("OT",),
    needs=DeviceKind.JUMP_HOST,
)

REMOTE_ACCESS = Scenario(
    "plant-remote-access",
    "Control network VPN used from new country",
    (
        Stage(
            "VPN sign-in by {user} from {city}",
            "The account of a maintenance engineer came in from a country never seen for it.",
            SIGN_IN, Severity.MEDIUM, "InitialAccess", ("T1133", "T0822"), "sign-in",
            (UserClue(), IpClue()),
        ),
        Stage(
            "Remote desktop from the VPN to {jump}",
            "The session went straight on to the jump host.",
            PLANT, Severity.MEDIUM, "LateralMovement", ("T1021.001", "T0886"), "plant",
            (DeviceClue(Where.JUMP), UserClue(), IpClue()),
            wait=(1, 10),
        ),
    ),
    (Ending.HARMLESS, Ending.ACCOUNT),
    weight=6,
    tags=("OT",),
    needs=DeviceKind.JUMP_HOST,
)

SCENARIOS = (UNKNOWN_CONTROLLER, PORT_SCAN, REMOTE_ACCESS)
