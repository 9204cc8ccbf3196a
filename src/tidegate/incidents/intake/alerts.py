"""Alerts of a batch: made, merged, or brought up to date."""

from dataclasses import dataclass, field

from tidegate.connectors.records import AlertRecord, EvidenceRecord, SourceFormat
from tidegate.core.ids import uuid7
from tidegate.incidents.document import add_evidence, render_alert
from tidegate.incidents.intake.batch import Batch, hash_record
from tidegate.incidents.intake.incidents import home_of, incident_for_new_alert
from tidegate.incidents.models import Alert
from tidegate.incidents.words import AlertStatus, Severity


@dataclass(slots=True)
class AlertChanges:
    """Alerts to write, with the evidence each gains; `replaced` lose the evidence they had."""

    new: list[Alert] = field(default_factory=list)
    changed: list[Alert] = field(default_factory=list)
    replaced: list[Alert] = field(default_factory=list)
    evidence: list[tuple[Alert, EvidenceRecord]] = field(default_factory=list)
    records: list[tuple[Alert, AlertRecord]] = field(default_factory=list)


def settle_alerts(batch: Batch) -> AlertChanges:
    """Decide what becomes of every alert in the batch."""
    changes = AlertChanges()
    for external_id, records in batch.alert_records.items():
        alert = batch.alerts.get(external_id)
        first = alert is None
        if alert is None:
            alert = _make(batch, records[0])
            batch.alerts[external_id] = alert
            changes.new.append(alert)
            changes.records.append((alert, records[0]))
            changes.evidence += ((alert, evidence) for evidence in records[0].evidence)
            batch.counts.created += 1
        changed = [_settle(batch, changes, alert, record) for record in (records[1:] if first else records)]
        if any(changed) and not first:
            alert.version += 1
            changes.changed.append(alert)
            batch.counts.updated += 1
        elif not first:
            batch.counts.unchanged += 1
    return changes


def _settle(batch: Batch, changes: AlertChanges, alert: Alert, record: AlertRecord) -> bool:
    """Bring one record into an alert that is known; whether that changed it."""
    digest = hash_record(record)
    if digest in alert.source_hashes:
        return False
    if SourceFormat.SIEM_DETECTION == record.source_format == alert.source_format:
        _merge_detection(changes, alert, record)
    elif record.last_update_at < alert.source_updated_at:
        return False
    else:
        _replace(batch, changes, alert, record)
    alert.source_hashes = f"{alert.source_hashes} {digest}".strip()
    return True


def _make(batch: Batch, record: AlertRecord) -> Alert:
    alert = Alert(
        tenant_id=batch.tenant_id,
        id=uuid7(),
        external_id=record.external_id,
        incident_id=incident_for_new_alert(batch, record).id,
        created_at=record.created_at,
        last_update_at=record.last_update_at,
        source_hashes=hash_record(record),
    )
    _fill(batch, alert, record)
    _work(batch, alert, record)
    alert.document = render_alert(alert, record, incident_for_new_alert(batch, record).number)
    return alert


def _merge_detection(changes: AlertChanges, alert: Alert, record: AlertRecord) -> None:
    """A further detection of one alert: its evidence joins, the alert's own words stay."""
    alert.raw = f"{alert.raw}\n{record.raw}"
    alert.document = add_evidence(alert.document, [evidence.body for evidence in record.evidence])
    alert.last_activity_at = max(alert.last_activity_at, record.last_activity_at or record.created_at)
    alert.source_updated_at = max(alert.source_updated_at, record.last_update_at)
    changes.evidence += ((alert, evidence) for evidence in record.evidence)


def _replace(batch: Batch, changes: AlertChanges, alert: Alert, record: AlertRecord) -> None:
    """The source's newer state of an alert. What people set here stays if they set it later."""
    # Read before the alert is moved: without an incident of its own it stays where it is.
    incident = home_of(batch, record)
    alert.incident_id = incident.id
    if record.last_update_at >= alert.last_update_at:
        _work(batch, alert, record)
        alert.last_update_at = record.last_update_at
    _fill(batch, alert, record)
    alert.document = render_alert(alert, record, incident.number)
    if alert not in changes.new:
        changes.replaced.append(alert)
    changes.evidence = [pair for pair in changes.evidence if pair[0] is not alert]
    changes.evidence += ((alert, evidence) for evidence in record.evidence)
    changes.records.append((alert, record))


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
    alert.status = record.status if record.status in AlertStatus.values else AlertStatus.UNKNOWN
    alert.classification = record.classification
    alert.determination = record.determination
    alert.assigned_to = record.assigned_to[:320]
    alert.assigned_user_id = batch.users.get(record.assigned_to.lower())
    alert.resolved_at = record.resolved_at
