"""A settled batch is written, and the incidents it touched are counted anew."""

import uuid
from collections.abc import Iterable, Sequence

import msgspec
from django.db import transaction

from tidegate.connectors.records import CommentRecord, EvidenceRecord, Record
from tidegate.devices.actions import (
    device_key,
    find_account,
    identity_key,
    sight_devices,
    sight_identities,
)
from tidegate.directory.models import Tenant
from tidegate.incidents.document import replace_comments
from tidegate.incidents.evidence import key_evidence, name_evidence
from tidegate.incidents.intake.alerts import AlertChanges, settle_alerts
from tidegate.incidents.intake.batch import Batch, Counts, open_batch
from tidegate.incidents.intake.counting import count_incidents
from tidegate.incidents.intake.incidents import IncidentChanges, settle_incidents
from tidegate.incidents.models import Alert, Comment, Evidence, Incident

_ALERT_FIELDS = [
    "incident_id", "title", "status", "severity", "category", "service_source", "detection_source",
    "assigned_to", "assigned_user_id", "classification", "determination", "last_update_at",
    "first_activity_at", "last_activity_at", "resolved_at", "source_updated_at", "source_format",
    "source_hashes", "document", "raw", "version",
]  # fmt: skip
_INCIDENT_FIELDS = [
    "display_name", "description", "severity", "status", "classification", "determination",
    "assigned_to", "assigned_user_id", "custom_tags", "system_tags", "redirect_external_id",
    "is_derived", "created_at", "last_update_at", "acknowledged_at", "resolved_at",
    "source_hashes", "extra", "raw", "version",
]  # fmt: skip


def take_in(tenant_id: uuid.UUID, records: Sequence[Record]) -> Counts:
    """Take a batch of records into one tenant, in one transaction; what they say of tenants is not asked."""
    with transaction.atomic():
        # One import at a time in a tenant: numbers are given and duplicates found under this lock.
        Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
        batch = open_batch(tenant_id, records)
        incidents = settle_incidents(batch)
        alerts = settle_alerts(batch)
        _write_incidents(batch, incidents)
        _write_alerts(batch, alerts)
        _write_evidence(batch, alerts)
        _write_comments(batch, incidents, alerts)
        touched = {alert.incident_id for alert in [*alerts.new, *alerts.changed]}
        touched |= {incident.id for incident in [*incidents.new, *incidents.changed]}
        count_incidents(tenant_id, touched)
    return batch.counts


def _write_incidents(batch: Batch, changes: IncidentChanges) -> None:
    Incident.objects.bulk_create(changes.new)
    if changes.changed:
        rows = Incident.objects.of_tenant(batch.tenant_id)
        rows.rewrite(changes.changed, _INCIDENT_FIELDS)


def _write_alerts(batch: Batch, changes: AlertChanges) -> None:
    Alert.objects.bulk_create(changes.new)
    if changes.changed:
        Alert.objects.of_tenant(batch.tenant_id).rewrite(changes.changed, _ALERT_FIELDS)


def _write_evidence(batch: Batch, changes: AlertChanges) -> None:
    tenant_id = batch.tenant_id
    gone = {alert.id for alert in changes.replaced}
    Evidence.objects.of_tenant(tenant_id).filter(alert_id__in=gone).delete()
    sightings = [(evidence, alert.last_activity_at) for alert, evidence in changes.evidence]
    devices, identities = sight_devices(tenant_id, sightings), sight_identities(tenant_id, sightings)
    rows = []
    for position, (alert, evidence) in enumerate(changes.evidence):
        row = _make_evidence(alert, evidence, position)
        row.device_id = devices.get(device_key(evidence.body)) if row.kind == "deviceEvidence" else None
        row.identity_id = identities.get(identity_key(find_account(evidence) or {}))
        rows.append(row)
    Evidence.objects.bulk_create(rows, batch_size=500)


def _make_evidence(alert: Alert, evidence: EvidenceRecord, position: int) -> Evidence:
    return Evidence(
        tenant_id=alert.tenant_id,
        alert_id=alert.id,
        position=position,
        kind=evidence.kind[:64],
        key=key_evidence(evidence),
        name=name_evidence(evidence),
        verdict=evidence.verdict[:32],
        remediation_status=evidence.remediation_status[:32],
        created_at=evidence.created_at,
        body=msgspec.json.encode(dict(evidence.body)).decode(),
    )


def _write_comments(batch: Batch, incidents: IncidentChanges, alerts: AlertChanges) -> None:
    told = [
        (incident, None, comment) for incident, record in incidents.records for comment in record.comments
    ]
    told_of_alerts = [
        (batch.incidents_by_id[alert.incident_id], alert, comment)
        for alert, record in alerts.records
        for comment in record.comments
    ]
    known = _known_comments(batch, [incident for incident, _, _ in [*told, *told_of_alerts]])
    new = [
        _make_comment(incident, alert, comment)
        for incident, alert, comment in [*told, *told_of_alerts]
        if (incident.id, alert and alert.id, comment.author[:320], comment.text) not in known
    ]
    Comment.objects.bulk_create(new)
    _restore_comments(batch, alerts.replaced)


def _known_comments(batch: Batch, incidents: Iterable[Incident]) -> set[tuple[object, ...]]:
    ids = {incident.id for incident in incidents}
    if not ids:
        return set()
    rows = Comment.objects.of_tenant(batch.tenant_id).filter(incident_id__in=ids)
    return set(rows.values_list("incident_id", "alert_id", "author", "text"))


def _make_comment(incident: Incident, alert: Alert | None, comment: CommentRecord) -> Comment:
    return Comment(
        tenant_id=incident.tenant_id,
        incident_id=incident.id,
        alert_id=alert.id if alert else None,
        text=comment.text,
        author=comment.author[:320],
        created_at=comment.created_at or incident.last_update_at,
    )


def _restore_comments(batch: Batch, replaced: list[Alert]) -> None:
    """A document rendered anew from its source lacks what was said here; put that back."""
    if not replaced:
        return
    rows = Comment.objects.of_tenant(batch.tenant_id).filter(alert_id__in={alert.id for alert in replaced})
    by_alert: dict[uuid.UUID | None, list[Comment]] = {}
    for comment in rows.order_by("created_at", "id"):
        by_alert.setdefault(comment.alert_id, []).append(comment)
    talked = [alert for alert in replaced if alert.id in by_alert]
    for alert in talked:
        alert.document = replace_comments(
            alert.document, [(c.text, c.author, c.created_at) for c in by_alert[alert.id]]
        )
    if talked:
        Alert.objects.of_tenant(batch.tenant_id).rewrite(talked, ["document"])
