"""Alerts of a batch: made, merged, or brought up to date."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.connectors.records import AlertRecord, EvidenceRecord, Json
from tidegate.core.bulk import make_object
from tidegate.core.ids import uuid7
from tidegate.incidents.document import (
    Document,
    add_evidence,
    describe_alert,
    encode_document,
    read_document,
)
from tidegate.incidents.fitting import fit_evidence
from tidegate.incidents.intake.batch import Batch, fit_word
from tidegate.incidents.intake.incidents import home_of, incident_for_new_alert
from tidegate.incidents.intake.news import choose_news
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import AlertStatus, Severity


@dataclass(slots=True)
class Gain:
    """Evidence that an alert gains; the first piece stands at `position` of its evidence."""

    alert: Alert
    position: int
    evidence: list[EvidenceRecord]


@dataclass(slots=True)
class AlertChanges:
    """Alerts to write, by id, with the evidence each gains.

    `worse` are those known before whose severity rose. `replaced` lose the evidence they had. `left` says
    of incidents that an alert went away from to which one it went. `documents` are those that were made of
    records alone, before they were written.
    """

    new: dict[uuid.UUID, Alert] = field(default_factory=dict)
    changed: dict[uuid.UUID, Alert] = field(default_factory=dict)
    replaced: dict[uuid.UUID, Alert] = field(default_factory=dict)
    moved: set[uuid.UUID] = field(default_factory=set)
    worse: set[uuid.UUID] = field(default_factory=set)
    left: dict[uuid.UUID, Incident] = field(default_factory=dict)
    gains: dict[uuid.UUID, Gain] = field(default_factory=dict)
    records: list[tuple[Alert, AlertRecord]] = field(default_factory=list)
    documents: dict[uuid.UUID, Document] = field(default_factory=dict)

    def written(self) -> list[Alert]:
        """Every alert that is written, new or changed."""
        return [*self.new.values(), *self.changed.values()]


def settle_alerts(batch: Batch) -> AlertChanges:
    """Decide what becomes of every alert in the batch."""
    changes = AlertChanges()
    for external_id, records in batch.alert_records.items():
        alert = batch.alerts.get(external_id)
        if alert is None:
            _settle_new(batch, changes, records)
            continue
        before = alert.severity
        if _settle(batch, changes, alert, records):
            alert.version += 1
            changes.changed[alert.id] = alert
            batch.counts.updated += 1
            if alert.severity > before:
                changes.worse.add(alert.id)
        else:
            batch.counts.unchanged += 1
    return changes


def _settle_new(batch: Batch, changes: AlertChanges, records: list[AlertRecord]) -> None:
    alert = _make(batch, changes, records[0])
    batch.alerts[alert.external_id] = changes.new[alert.id] = alert
    changes.records.append((alert, records[0]))
    changes.gains[alert.id] = Gain(alert, 0, list(records[0].evidence))
    batch.counts.created += 1
    _settle(batch, changes, alert, records[1:])


def _settle(batch: Batch, changes: AlertChanges, alert: Alert, records: list[AlertRecord]) -> bool:
    """Bring records into an alert that is known; whether they changed it."""
    merging: list[AlertRecord] = []
    changed = False
    for record, digest, replaces in choose_news(records, alert.source_hashes, alert.source_updated_at):
        if replaces:
            merging.clear()
            _replace(batch, changes, alert, record)
        else:
            merging.append(record)
            alert.source_updated_at = max(alert.source_updated_at, record.last_update_at)
        alert.source_hashes = f"{alert.source_hashes} {digest}".strip()
        changed = True
    if merging:
        _merge_detections(batch, changes, alert, merging)
    return changed


def _make(batch: Batch, changes: AlertChanges, record: AlertRecord) -> Alert:
    incident = incident_for_new_alert(batch, record)
    alert = make_object(
        Alert,
        tenant_id=batch.tenant_id,
        id=uuid7(),
        external_id=record.external_id,
        incident_id=incident.id,
        created_at=record.created_at,
        last_update_at=next(batch.instants),
        source_hashes=record.digest,
    )
    _fill(batch, alert, record)
    _work(batch, alert, record)
    _describe(changes, alert, record, incident.number)
    return alert


def _merge_detections(batch: Batch, changes: AlertChanges, alert: Alert, records: list[AlertRecord]) -> None:
    """Further detections of one alert: what they name joins its evidence, the alert's own words stay."""
    named = read_document(alert)["evidence"]
    before = named if isinstance(named, list) else []
    known = {_describe_body(body) for body in before if isinstance(body, dict)}
    gained: list[EvidenceRecord] = []
    for evidence in (evidence for record in records for evidence in record.evidence):
        told = _describe_body(fit_evidence(evidence.body))
        if told not in known:
            known.add(told)
            gained.append(evidence)
    alert.raw = "\n".join([alert.raw, *(record.raw for record in records)])
    alert.last_update_at = next(batch.instants)
    active = (record.last_activity_at or record.created_at for record in records)
    alert.last_activity_at = max(alert.last_activity_at, *active)
    alert.document = add_evidence(alert, [evidence.body for evidence in gained])
    changes.documents.pop(alert.id, None)
    changes.gains.setdefault(alert.id, Gain(alert, len(before), [])).evidence += gained


def _describe_body(body: Mapping[str, Json]) -> str:
    """All that evidence says but for when it was noted: every detection notes the same device again."""
    return json.dumps({**body, "createdDateTime": None}, sort_keys=True)


def _replace(batch: Batch, changes: AlertChanges, alert: Alert, record: AlertRecord) -> None:
    """The source's newer state of an alert.

    What people set here stays if they set it later; an alert that they moved stays where they put it.
    """
    # Read before the alert is moved: without an incident of its own it stays where it is.
    incident = batch.incidents_by_id[alert.incident_id] if alert.placed_at else home_of(batch, record)
    if alert.incident_id != incident.id:
        changes.left[alert.incident_id] = incident
        changes.moved.add(alert.id)
    alert.incident_id = incident.id
    if alert.worked_at is None or record.last_update_at >= alert.worked_at:
        _work(batch, alert, record)
    alert.last_update_at = next(batch.instants)
    _fill(batch, alert, record)
    _describe(changes, alert, record, incident.number)
    if alert.id not in changes.new:
        changes.replaced[alert.id] = alert
    changes.gains[alert.id] = Gain(alert, 0, list(record.evidence))
    changes.records.append((alert, record))


def _describe(changes: AlertChanges, alert: Alert, record: AlertRecord, incident_number: int) -> None:
    described = changes.documents[alert.id] = describe_alert(alert, record, incident_number)
    alert.document = encode_document(described)


def _fill(_batch: Batch, alert: Alert, record: AlertRecord) -> None:
    alert.title = record.title
    alert.category = record.category[:64]
    alert.service_source = record.service_source
    alert.detection_source = record.detection_source
    alert.first_activity_at = record.first_activity_at or record.created_at
    alert.last_activity_at = record.last_activity_at or record.created_at
    alert.source_format = record.source_format
    alert.source_updated_at = record.last_update_at
    alert.raw = record.raw


def _work(batch: Batch, alert: Alert, record: AlertRecord) -> None:
    alert.severity = Severity.of_word(record.severity)
    alert.status = record.status if record.status in AlertStatus else AlertStatus.UNKNOWN
    alert.classification = fit_word(record.classification)
    alert.determination = fit_word(record.determination)
    alert.assigned_to = record.assigned_to[:320]
    alert.assigned_user_id = batch.users.get(record.assigned_to.lower())
    alert.resolved_at = record.resolved_at
