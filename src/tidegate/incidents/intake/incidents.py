"""Incidents of a batch: made, brought up to date, or made up for alerts that name or need one."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Q, QuerySet

from tidegate.connectors.records import AlertRecord, IncidentRecord
from tidegate.core.bulk import make_object
from tidegate.core.ids import uuid7
from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, Prepared
from tidegate.incidents.clocks.waits import settle_waits
from tidegate.incidents.intake.batch import Batch, Join, fit_word
from tidegate.incidents.models import Incident
from tidegate.incidents.words import OPEN_INCIDENT, IncidentStatus, Severity

_LARGEST_NUMBER = 2**53 - 1
_LONGEST_NUMBER = len(str(_LARGEST_NUMBER))


@dataclass(slots=True)
class IncidentChanges:
    """Incidents to write; `records` are those whose comments may be new."""

    new: dict[uuid.UUID, Incident] = field(default_factory=dict)
    changed: dict[uuid.UUID, Incident] = field(default_factory=dict)
    records: list[tuple[Incident, IncidentRecord]] = field(default_factory=list)

    def written(self) -> list[Incident]:
        """Every incident that is written, new or changed."""
        return [*self.new.values(), *self.changed.values()]


class Numbers:
    """Gives incidents their numbers: their own where it is free, else the next after the highest.

    What one part of a batch was given is to the next as if it were stored.
    """

    def __init__(self, batch: Batch) -> None:
        self._tenant_id = batch.tenant_id
        self._wanted = _list_wanted(batch)
        wanted = set().union(*self._wanted.values())
        asked = {"tenant_id": batch.tenant_id, "numbers": list_values(wanted)}
        self._taken = {number for (number,) in _TAKEN.rows(**asked)} if wanted else set()
        self._given = 0
        self.begin(0)

    def begin(self, part: int) -> None:
        """From here on numbers are for this part: what one incident of it brings along, no other gets."""
        self._reserved = self._wanted.get(part, set()) - self._taken
        self._before = self._given

    @cached_property
    def _highest(self) -> int:
        highest = _HIGHEST.first(tenant_id=self._tenant_id)
        return max(highest[0], 0) if highest else 0

    def take(self, external_id: str) -> int:
        """The number for an incident with this id at its source (empty for one made here)."""
        own = _own_number(external_id)
        if own and own not in self._taken:
            self._taken.add(own)
            self._given = max(self._given, own)
            return own
        self._highest = max(self._highest, self._before) + 1
        while self._highest in self._taken or self._highest in self._reserved:
            self._highest += 1
        # What the next part wishes for may be this one.
        self._taken.add(self._highest)
        self._given = max(self._given, self._highest)
        return self._highest


def settle_incidents(batch: Batch) -> IncidentChanges:
    """Decide what becomes of every incident that the batch names."""
    changes, numbers = IncidentChanges(), Numbers(batch)
    for record in batch.incident_records:
        _settle(batch, changes, numbers, record)
    part = 0
    for external_id, many in batch.alert_records.items():
        if batch.part_of(external_id) != part:
            part = batch.part_of(external_id)
            numbers.begin(part)
        for alert_record in many:
            _settle_for_alert(batch, changes, numbers, alert_record)
    return changes


def _list_wanted(batch: Batch) -> dict[int, set[int]]:
    """The numbers that new incidents bring along, by the part that names them."""
    named = [(0, record.external_id) for record in batch.incident_records]
    named += [
        (batch.part_of(record.external_id), record.incident_external_id)
        for many in batch.alert_records.values()
        for record in many
        if record.incident_external_id
    ]
    wanted: dict[int, set[int]] = {}
    for part, external_id in named:
        if external_id not in batch.incidents and (own := _own_number(external_id)):
            wanted.setdefault(part, set()).add(own)
    return wanted


def home_of(batch: Batch, record: AlertRecord) -> Incident:
    """The incident that an alert belongs to, once incidents are settled."""
    if record.incident_external_id:
        return batch.incidents[record.incident_external_id]
    return batch.incidents_by_id[batch.alerts[record.external_id].incident_id]


def _settle(batch: Batch, changes: IncidentChanges, numbers: Numbers, record: IncidentRecord) -> None:
    incident = batch.incidents.get(record.external_id)
    if incident is None:
        incident = _make(batch, numbers, record.external_id, record)
        changes.new[incident.id] = incident
        batch.counts.incidents_created += 1
    elif _is_known(incident, record):
        batch.counts.incidents_unchanged += 1
        return
    elif incident.id not in changes.new:
        changes.changed[incident.id] = incident
        batch.counts.incidents_updated += 1
        incident.version += 1
    is_newer = incident.worked_at is None or record.last_update_at >= incident.worked_at
    if is_newer and not _is_merged_here(incident):
        # Else somebody set these here since; they give way to what the source says later still.
        _work(batch, incident, record)
    _describe(incident, record)
    changes.records.append((incident, record))


def _is_merged_here(incident: Incident) -> bool:
    """Whether people put its alerts into another one: its source knows nothing of that."""
    return incident.status == IncidentStatus.REDIRECTED and incident.worked_at is not None


def _is_known(incident: Incident, record: IncidentRecord) -> bool:
    """Whether the record is one that was taken in, or older than one that was."""
    told_at = incident.source_updated_at
    return record.digest in incident.source_hashes or (
        told_at is not None and record.last_update_at < told_at
    )


def _settle_for_alert(batch: Batch, changes: IncidentChanges, numbers: Numbers, record: AlertRecord) -> None:
    external_id = record.incident_external_id or ""
    if not external_id and record.external_id in batch.alerts:
        return
    if (external_id or _standing_alone(record)) in batch.incidents:
        return
    if not external_id and record.external_id in batch.joins:
        batch.incidents[_standing_alone(record)] = _joined(batch, batch.joins[record.external_id])
        return
    incident = _make(batch, numbers, external_id, record)
    incident.is_derived = True
    incident.display_name = record.title
    changes.new[incident.id] = incident
    batch.counts.incidents_created += 1
    if not external_id:
        # The alert will be made with this incident; until then it is found here by the alert's id.
        batch.incidents[_standing_alone(record)] = incident


def _joined(batch: Batch, join: Join) -> Incident:
    # Whoever begins an incident came before those that join it.
    if join.incident_id is None:
        return batch.incidents[_alone(join.beginner)]
    return batch.incidents_by_id[join.incident_id]


def incident_for_new_alert(batch: Batch, record: AlertRecord) -> Incident:
    """The incident for an alert that is not known yet."""
    return batch.incidents[record.incident_external_id or _standing_alone(record)]


def _standing_alone(record: AlertRecord) -> str:
    return _alone(record.external_id)


def _alone(external_id: str) -> str:
    return f"\0alert {external_id}"


def _make(batch: Batch, numbers: Numbers, external_id: str, record: IncidentRecord | AlertRecord) -> Incident:
    incident = make_object(
        Incident,
        tenant_id=batch.tenant_id,
        id=uuid7(),
        number=numbers.take(external_id),
        external_id=external_id,
        custom_tags=[],
        system_tags=[],
        extra={},
        waits=[],
        created_at=record.created_at,
        last_update_at=record.last_update_at,
        first_activity_at=record.created_at,
        last_activity_at=record.last_update_at,
    )
    if external_id:
        batch.incidents[external_id] = incident
    batch.incidents_by_id[incident.id] = incident
    return incident


def _work(batch: Batch, incident: Incident, record: IncidentRecord) -> None:
    incident.severity = Severity.of_word(record.severity)
    incident.status = record.status if record.status in IncidentStatus else IncidentStatus.ACTIVE
    incident.classification = fit_word(record.classification)
    incident.determination = fit_word(record.determination)
    incident.assigned_to = record.assigned_to[:320]
    incident.assigned_user_id = batch.users.get(record.assigned_to.lower())
    incident.custom_tags = list(record.custom_tags)
    incident.redirect_external_id = record.redirect_external_id or ""
    incident.resolved_at = None if incident.status in OPEN_INCIDENT else record.last_update_at
    settle_waits(incident, record.last_update_at)
    incident.acknowledged_at = incident.acknowledged_at or _acknowledged(record, incident.resolved_at)


def _describe(incident: Incident, record: IncidentRecord) -> None:
    incident.is_derived = False
    incident.display_name = record.display_name
    incident.description = record.description
    incident.system_tags = list(record.system_tags)
    incident.created_at = record.created_at
    incident.source_updated_at = record.last_update_at
    incident.extra = dict(record.extra)
    incident.raw = record.raw
    incident.source_hashes = record.digest


def _acknowledged(record: IncidentRecord, resolved_at: datetime | None) -> datetime | None:
    """When somebody first showed that they had seen it: said something, or resolved it."""
    seen = [comment.created_at for comment in record.comments if comment.created_at]
    seen += [
        comment.created_at for alert in record.alerts for comment in alert.comments if comment.created_at
    ]
    return min([*seen, *([resolved_at] if resolved_at else [])], default=None)


def _own_number(external_id: str) -> int:
    """The source's id as a number, if it is one that we can keep; else 0."""
    if not external_id.isascii() or not external_id.isdigit() or len(external_id) > _LONGEST_NUMBER:
        return 0
    number = int(external_id)
    return number if number <= _LARGEST_NUMBER else 0


def _ask_taken(tenant_id: uuid.UUID, numbers: str) -> QuerySet[Incident, Any]:
    rows = Incident.objects.of_tenant(tenant_id).filter(Q(number__one_of=numbers))
    return rows.values_list("number")


def _ask_highest(tenant_id: uuid.UUID) -> QuerySet[Incident, Any]:
    return Incident.objects.of_tenant(tenant_id).order_by("-number").values_list("number")[:1]


_TAKEN: Final = Prepared(_ask_taken, tenant_id=UUID, numbers=TEXT)
_HIGHEST: Final = Prepared(_ask_highest, tenant_id=UUID)
