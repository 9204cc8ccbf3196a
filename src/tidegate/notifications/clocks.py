"""Clocks of incidents: which struck, by the record, and how that is said.

A clock is told of with an alert of its incident, so that nobody hears of an incident of which they see none.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.audit.models import AuditEvent
from tidegate.incidents.clock_jobs import LATE_TAG, SOON_TAG
from tidegate.incidents.models import Alert
from tidegate.notifications.matching import Candidate

type _Columns = tuple[uuid.UUID, uuid.UUID, int, str, str]

ALERTS_AT_MOST: Final = 50
"""Of so many alerts of an incident, its worst, one must be seen."""
CLOCK_WORDS: Final[Mapping[str, Promise]] = {
    "acknowledge.soon": _("To be taken on soon"),
    "acknowledge.late": _("Not taken on in time"),
    "resolve.soon": _("To be resolved soon"),
    "resolve.late": _("Not resolved in time"),
}
EXAMPLE: Final = "acknowledge.soon"
_STRUCK: Final = {SOON_TAG: "soon", LATE_TAG: "late"}


def clock_of(key: str) -> str:
    """What of a clock a notification's key says; "" for one that is not about a clock."""
    said = key.partition("#")[0].rpartition(":")[2]
    return said if key.startswith("clock:") and said in CLOCK_WORDS else ""


def read_struck(tenant_id: uuid.UUID, events: Sequence[AuditEvent]) -> list[Candidate]:
    """The alerts of the incidents whose clocks struck, the worst first. One statement where any did."""
    struck = [event for event in events if event.tag in _STRUCK]
    if not struck:
        return []
    numbers = {int(event.target_id) for event in struck}
    rows = Alert.objects.of_tenant(tenant_id).filter(incident__number__in=numbers)
    columns = ("id", "incident_id", "incident__severity", "category", "service_source")
    alerts: dict[int, list[_Columns]] = {}
    for number, *row in rows.order_by("-severity", "-created_at", "-id").values_list(
        "incident__number", *columns
    ):
        alerts.setdefault(number, []).append((row[0], row[1], row[2], row[3], row[4]))
    return [
        _make(event, found)
        for event in struck
        for found in alerts.get(int(event.target_id), [])[:ALERTS_AT_MOST]
    ]


def _make(event: AuditEvent, columns: _Columns) -> Candidate:
    details = json.loads(event.details)
    return Candidate(
        *columns,
        event_sequence=event.sequence,
        event_at=event.at,
        clock=f"{details['step']}.{_STRUCK[event.tag]}",
        agreed_by=uuid.UUID(details["home_tenant_id"]),
    )
