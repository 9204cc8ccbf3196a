"""When an incident waited for the customer: spans, kept with it, of which the last may still go on."""

from datetime import datetime
from typing import Final

from tidegate.customers.clocks import Waits
from tidegate.incidents.models import Incident
from tidegate.incidents.words import IncidentStatus

AT_MOST: Final = 200
"""Of one that waited more often the first are forgotten, which counts them as work."""


def read_waits(incident: Incident) -> Waits:
    """The spans, in order."""
    return [(_read(begin), _read(end) if end else None) for begin, end in incident.waits]


def settle_waits(incident: Incident, at: datetime) -> None:
    """Make the spans fit the incident's status, which it has had since an instant. Nothing is saved."""
    spans = [list(span) for span in incident.waits]
    goes_on = bool(spans) and spans[-1][1] is None
    is_waiting = incident.status == IncidentStatus.AWAITING_ACTION
    if is_waiting == goes_on:
        return
    # A source's clock may be behind ours: no span begins before the one before it ends.
    last = _read(spans[-1][0] if goes_on else spans[-1][1]) if spans else at
    instant = max(at, last).isoformat()
    if is_waiting:
        spans.append([instant, None])
    else:
        spans[-1][1] = instant
    incident.waits = spans[-AT_MOST:]


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
