"""A queue that a program fetches: three alerts in two incidents, and a third that was merged."""

from typing import Any, Final

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, graph_incident

DAY: Final = "2026-03-0{}T10:00:00Z"
WRITES: Final = ("SecurityAlert.ReadWrite.All", "SecurityIncident.ReadWrite.All")


def _evidence(number: int) -> list[dict[str, Any]]:
    base = {"createdDateTime": DAY.format(number), "remediationStatus": "none", "verdict": "suspicious"}
    return [
        {"@odata.type": f"{TYPE}deviceEvidence", **base, "mdeDeviceId": f"d{number}", "roles": ["attacked"]},
        {"@odata.type": f"{TYPE}ipEvidence", **base, "ipAddress": f"192.0.2.{number}"},
    ]


def alert(number: int, **changes: Any) -> dict[str, Any]:
    day = DAY.format(number)
    times = {"createdDateTime": day, "firstActivityDateTime": day, "lastActivityDateTime": day}
    return graph_alert(id=f"da{number}", **times, evidence=_evidence(number)) | changes


RECORDS: Final = [
    graph_incident(
        alert(1),
        alert(2, severity="high", status="inProgress", assignedTo="analyst@provider.example"),
        createdDateTime=DAY.format(1),
    ),
    graph_incident(
        alert(3, incidentId="42", severity="low", serviceSource="microsoftSentinel"),
        id="42",
        displayName="Waiting",
        severity="low",
        status="awaitingAction",
        customTags=["VIP", "phish"],
        createdDateTime=DAY.format(3),
        comments=[{"comment": "Told", "createdByDisplayName": "Eve", "createdDateTime": DAY.format(4)}],
    ),
    graph_incident(id="50", status="redirected", redirectIncidentId="41", createdDateTime=DAY.format(2)),
]


def fill_queues(cast: Cast) -> None:
    """The customer's, and one that looks like it in the other tenant, with one alert more."""
    import_all(cast.customer, RECORDS)
    import_all(cast.other, RECORDS)
    import_all(cast.other, [alert(4, id="only-theirs", incidentId="77", title="Only theirs")])
