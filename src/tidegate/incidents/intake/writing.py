"""A settled batch is written, and the incidents it touched are counted anew."""

import uuid
from collections.abc import Sequence

import msgspec
from django.db import transaction
from django.db.models import OuterRef, Subquery

from tidegate.connectors.records import CommentRecord, EvidenceRecord, Record
from tidegate.devices.actions.sightings import sight_devices, sight_identities
from tidegate.devices.keys import device_key, find_account, identity_key
from tidegate.directory.models import Tenant
from tidegate.incidents.counters.keeping import Standing
from tidegate.incidents.document import replace_comments
from tidegate.incidents.evidence import key_evidence, name_evidence
from tidegate.incidents.intake.alerts import AlertChanges, settle_alerts
from tidegate.incidents.intake.batch import Batch, Taken, open_batch, sort_records
from tidegate.incidents.intake.correlating import (
    correlate,
    find_near,
    tell_correlations,
    write_correlations,
)
from tidegate.incidents.intake.counting import count_incidents
from tidegate.incidents.intake.detections import write_detections
from tidegate.incidents.intake.incidents import IncidentChanges, settle_incidents
from tidegate.incidents.intake.indicators import write_indicators
from tidegate.incidents.models import Alert, Comment, Evidence, Incident
from tidegate.incidents.search_words import keep_alerts_found, keep_incidents_found

type Told = tuple[Incident, Alert | None, CommentRecord]

_ALERT_FIELDS = [
    "incident_id", "title", "status", "severity", "category", "service_source", "detection_source",
    "assigned_to", "assigned_user_id", "classification", "determination", "last_update_at",
    "first_activity_at", "last_activity_at", "resolved_at", "source_updated_at", "source_format",
    "source_hashes", "document", "raw", "version",
]  # fmt: skip
_INCIDENT_FIELDS = [
    "display_name", "description", "severity", "status", "classification", "determination",
    "assigned_to", "assigned_user_id", "custom_tags", "system_tags", "redirect_external_id",
    "is_derived", "created_at", "acknowledged_at", "resolved_at", "waits",
    "source_updated_at", "source_hashes", "extra", "raw", "version",
]  # fmt: skip


def take_in(tenant_id: uuid.UUID, records: Sequence[Record]) -> Taken:
    """Take a batch of records into one tenant, in one transaction; what they say of tenants is not asked."""
    with transaction.atomic():
        # One import at a time in a tenant: numbers are given and duplicates found under this lock.
        Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)
        told = sort_records(records)
        near = find_near(tenant_id, told)
        batch = open_batch(tenant_id, told, near.incident_ids)
        correlate(batch, near)
        standing = Standing([*batch.incidents_by_id.values(), *batch.alerts.values()])
        incidents = settle_incidents(batch)
        alerts = settle_alerts(batch)
        _write_incidents(batch, incidents)
        _write_alerts(batch, alerts)
        standing.note_change(tenant_id, [*incidents.written(), *alerts.written()])
        _write_evidence(batch, alerts)
        write_indicators(batch, alerts)
        write_correlations(batch, near, alerts)
        _write_comments(batch, incidents, alerts)
        write_detections(tenant_id, alerts.new.values(), alerts.changed.values())
        touched = {alert.incident_id for alert in [*alerts.new.values(), *alerts.changed.values()]}
        counted = {*touched, *incidents.new, *incidents.changed}
        count_incidents(tenant_id, counted, left=alerts.left, instants=batch.instants)
        keep_alerts_found([*alerts.new.values(), *alerts.changed.values()])
        keep_incidents_found(tenant_id, {*counted, *alerts.left})
    return Taken(
        batch.counts,
        new_alert_ids=list(alerts.new),
        changed_alert_ids=list(alerts.changed),
        worse_alert_ids=sorted(alerts.worse),
        new_incident_ids=list(incidents.new),
        changed_incident_ids=sorted(counted.difference(incidents.new)),
        correlated=tell_correlations(batch),
    )


def _write_incidents(batch: Batch, changes: IncidentChanges) -> None:
    Incident.objects.bulk_create(changes.new.values())
    if changes.changed:
        rows = Incident.objects.of_tenant(batch.tenant_id)
        rows.rewrite(list(changes.changed.values()), _INCIDENT_FIELDS)


def _write_alerts(batch: Batch, changes: AlertChanges) -> None:
    Alert.objects.bulk_create(changes.new.values())
    if changes.changed:
        rows = Alert.objects.of_tenant(batch.tenant_id)
        rows.rewrite(list(changes.changed.values()), _ALERT_FIELDS)
    if changes.moved:
        home = Alert.objects.of_tenant(batch.tenant_id).filter(id=OuterRef("alert_id"))
        said = Comment.objects.of_tenant(batch.tenant_id).filter(alert_id__in=changes.moved)
        said.update(incident_id=Subquery(home.values("incident_id")[:1]))


def _write_evidence(batch: Batch, changes: AlertChanges) -> None:
    tenant_id, gains = batch.tenant_id, changes.gains.values()
    Evidence.objects.of_tenant(tenant_id).filter(alert_id__in=list(changes.replaced)).delete()
    sightings = [(evidence, gain.alert.last_activity_at) for gain in gains for evidence in gain.evidence]
    devices, identities = sight_devices(tenant_id, sightings), sight_identities(tenant_id, sightings)
    rows = []
    for gain in gains:
        for position, evidence in enumerate(gain.evidence, start=gain.position):
            row = _make_evidence(gain.alert, evidence, position)
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
    told: list[Told] = [
        (incident, None, comment) for incident, record in incidents.records for comment in record.comments
    ]
    told += (
        (batch.incidents_by_id[alert.incident_id], alert, comment)
        for alert, record in alerts.records
        for comment in record.comments
    )
    Comment.objects.bulk_create(_find_new_comments(batch, told))
    _restore_comments(batch, list(alerts.replaced.values()))


def _find_new_comments(batch: Batch, told: list[Told]) -> list[Comment]:
    """Those not known yet. One that came without a time is known by its author and words alone."""
    known = _known_comments(batch, told)
    new = []
    for incident, alert, comment in told:
        words = (alert.id if alert else incident.id, comment.author[:320], comment.text)
        if (*words, comment.created_at) not in known:
            new.append(_make_comment(incident, alert, comment))
            known |= {(*words, comment.created_at), (*words, None)}
    return new


def _known_comments(batch: Batch, told: list[Told]) -> set[tuple[object, ...]]:
    ids = {incident.id for incident, _, _ in told}
    if not ids:
        return set()
    rows = Comment.objects.of_tenant(batch.tenant_id).filter(incident_id__in=ids)
    known: set[tuple[object, ...]] = set()
    for comment in rows:
        words = (comment.alert_id or comment.incident_id, comment.author, comment.text)
        known |= {(*words, comment.created_at), (*words, None)}
    return known


def _make_comment(incident: Incident, alert: Alert | None, comment: CommentRecord) -> Comment:
    return Comment(
        tenant_id=incident.tenant_id,
        incident_id=incident.id,
        alert_id=alert.id if alert else None,
        text=comment.text,
        author=comment.author[:320],
        created_at=comment.created_at or incident.source_updated_at or incident.created_at,
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
