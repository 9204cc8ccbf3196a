"""A small world to hunt in: the customer's alerts, and the outsider's, which look like them."""

from typing import Any, Final

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tests.devices.making import device_evidence
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.hunting.answers import Answer
from tidegate.hunting.running import PROGRAM, Limits, run
from tidegate.hunting.window import Window

EVER: Final = Window()


def hunt(scope: Scope | ManyScope, query: str, window: Window = EVER, limits: Limits = PROGRAM) -> Answer:
    """The answer to a query, whenever its rows are of."""
    return run(scope, query, window, limits)


def value_of(scope: Scope | ManyScope, expression: str) -> Any:
    """What an expression comes to."""
    [[found]] = hunt(scope, f"print found = {expression}").rows
    return found


def rows_of(scope: Scope | ManyScope, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return hunt(scope, query).rows


def make_alert(number: int, **changes: Any) -> dict[str, Any]:
    """An alert of a day in March, its hour by its number."""
    at = f"2026-03-0{number}T0{number}:30:00Z"
    times = {
        "createdDateTime": at,
        "lastUpdateDateTime": at,
        "firstActivityDateTime": at,
        "lastActivityDateTime": at,
    }
    return graph_alert(id=f"a{number}", incidentId="41", **times) | changes


def make_file(name: str, device: str, sha256: str = "") -> dict[str, Any]:
    """A file on a device."""
    details = {"fileName": name, "sha256": sha256, "filePath": "C:\\Temp", "fileSize": 7}
    return {"@odata.type": TYPE + "fileEvidence", "mdeDeviceId": f"id-{device}", "fileDetails": details}


def make_user(name: str) -> dict[str, Any]:
    """A user account."""
    account = {"accountName": name, "userPrincipalName": f"{name}@corp.example"}
    return {"@odata.type": TYPE + "userEvidence", "userAccount": account}


RECORDS: Final = [
    make_alert(
        1, title="Malware found", severity="high", category="Malware", mitreTechniques=["T1204", "T1566"],
        evidence=[device_evidence("pc-1"), make_file("Evil.exe", "pc-1", "aa" * 32), make_user("ann")],
    ),
    make_alert(
        2, title="malware again", severity="low", category="Malware", status="resolved",
        evidence=[device_evidence("srv-1"), make_file("evil.exe", "srv-1", "aa" * 32), make_user("bob")],
    ),
    make_alert(
        3, title="Odd sign-in from Zürich", severity="medium", category="InitialAccess",
        serviceSource="azureAdIdentityProtection", detectionSource="azureAdIdentityProtection",
        evidence=[make_user("ann"), {"@odata.type": TYPE + "ipEvidence", "ipAddress": "192.0.2.3"}],
    ),
]  # fmt: skip


def fill(cast: Cast) -> None:
    """The customer's three alerts, and in the other tenant the same and one that is only theirs."""
    import_all(cast.customer, RECORDS)
    import_all(cast.other, RECORDS)
    theirs = make_alert(
        4, id="only-theirs", title="Only theirs", evidence=[device_evidence("theirs-1"), make_user("eve")]
    )
    import_all(cast.other, [theirs])
