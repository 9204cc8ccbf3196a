"""A settled batch is written, and the incidents it touched are counted anew."""

import logging
import threading
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from django.db.models import Func, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast

from tidegate.connectors.records import CommentRecord, Record
from tidegate.core.bulk import check_at_once, insert, look_at_grown
from tidegate.core.prepared import UUID, Prepared
from tidegate.devices.models import Device, Identity
from tidegate.directory.models import Tenant
from tidegate.incidents.clocks.keeping import keep_clocks
from tidegate.incidents.counters.keeping import Standing
from tidegate.incidents.document import replace_comments
from tidegate.incidents.intake.alerts import AlertChanges, settle_alerts
from tidegate.incidents.intake.batch import Batch, Taken, leave_known, open_batch, sort_records
from tidegate.incidents.intake.correlating import (
    correlate,
    find_near,
    tell_correlations,
    write_correlations,
)
from tidegate.incidents.intake.counting import apply_sums, read_sums, sum_written
from tidegate.incidents.intake.detections import draft_detections, write_detections
from tidegate.incidents.intake.evidence import Sighted, sight, write_evidence
from tidegate.incidents.intake.incidents import IncidentChanges, settle_incidents
from tidegate.incidents.intake.indicators import write_indicators
from tidegate.incidents.intake.parts import Joined, join_first, leave_changing, list_touched, share_out
from tidegate.incidents.models import (
    Alert,
    Comment,
    CorrelationKey,
    Detection,
    Evidence,
    Incident,
    Indicator,
)
from tidegate.incidents.search_words import keep_alerts_found, keep_incidents_found

_log = logging.getLogger(__name__)
_GROWING: Final = (Alert, Incident, Evidence, Indicator, Detection, CorrelationKey, Device, Identity)
"""What most of what comes in becomes."""
LOOKS_AT: Final = (250, 2_000, 20_000, 200_000)
"""New alerts after which the database looks at their tables, besides when it does by itself."""

# What is asked until the transaction ends is found by its keys, whatever the tenant, in pages that are in
# memory. The server would plan for this tenant, which has nothing as far as it knows until it looks, and read
# all that came since; and of a small table it would read all, and go on to when it is large.
_BY_KEY: Final = {"plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}

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
    "source_updated_at", "source_hashes", "extra", "raw", "version", "alert_count", "device_count",
    "identity_count", "first_activity_at", "last_activity_at", "category", "last_update_at",
]  # fmt: skip


def _lock(tenant_id: uuid.UUID) -> QuerySet[Tenant, Any]:
    rows = Tenant.objects.select_for_update(no_key=True).filter(id=tenant_id)
    if connection.vendor != "postgresql":
        return rows.values_list("id")
    return rows.annotate(**{name: _set(name, value) for name, value in _BY_KEY.items()}).values_list(*_BY_KEY)


def _set(name: str, value: str) -> Cast:
    """Until the transaction ends."""
    return Cast(Func(Value(name), Value(value), Value(value=True), function="set_config"), TextField())


_LOCK: Final = Prepared(_lock, tenant_id=UUID)


def take_in(tenant_id: uuid.UUID, records: Sequence[Record]) -> Taken:
    """Take a batch of records into one tenant, in one transaction; what they say of tenants is not asked."""
    with transaction.atomic(savepoint=False):
        lock_intake(tenant_id)
        return _take_joined(tenant_id, join_first([sort_records(records)]))[0]


def take_in_each(tenant_id: uuid.UUID, parts: Sequence[Sequence[Record]]) -> list[Taken]:
    """The same of several parts under the lock of the caller, as if they came in one after the other.

    What became of each, in order. Where nothing keeps them apart, it takes no more statements than one does.
    """
    waiting, taken = [sort_records(records) for records in parts], list[Taken]()
    while waiting:
        told = _take_joined(tenant_id, join_first(waiting))
        del waiting[: len(told)]
        taken += told
    return taken


def lock_intake(tenant_id: uuid.UUID) -> None:
    """Wait for whoever takes in something for a tenant; nobody else does until the transaction ends."""
    # Numbers are given and duplicates found under this lock.
    _LOCK.rows(tenant_id=tenant_id)
    check_at_once()


class Growth:
    """How much was taken in, by a process or for a run. What the database plans by, it hears of late."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alerts = 0
        self._looks_at = list(LOOKS_AT)

    def note(self, created: int) -> None:
        """So many more new alerts, whose transaction has ended."""
        with self._lock:
            self._alerts += created
            alerts = self._alerts
            if not self._looks_at or alerts < self._looks_at[0]:
                return
            del self._looks_at[0]
        try:
            look_at_grown(_GROWING, alerts)
        except DatabaseError:
            # What came in is there, whatever the database knows of it.
            _log.warning("the database could not look at its tables", exc_info=True)


def _take_joined(tenant_id: uuid.UUID, joined: Joined) -> list[Taken]:
    """Take in the first of these parts: as many as go together, once it is known what they change."""
    news = leave_known(tenant_id, joined.records)
    fewer = leave_changing(joined, news)
    if len(fewer.parts) < len(joined.parts):
        joined, news = fewer, leave_known(tenant_id, fewer.records)
    near = find_near(tenant_id, news.records)
    batch = open_batch(tenant_id, news, near.incident_ids, joined.places)
    correlate(batch, near)
    standing = Standing([*batch.incidents_by_id.values(), *batch.alerts.values()])
    incidents = settle_incidents(batch)
    alerts = settle_alerts(batch)
    sighted = sight(batch, alerts)
    _write_alerts(batch, alerts)
    write_indicators(batch, alerts)
    detections = draft_detections(batch, alerts)
    write_evidence(batch, alerts, sighted)
    write_detections(batch, detections, sighted.devices)
    counted = _write_incidents(batch, incidents, alerts, sighted)
    write_correlations(batch, near, alerts)
    _write_comments(batch, incidents, alerts)
    batch.instants.settle()
    standing.note_change(tenant_id, [*counted, *alerts.written()])
    keep_clocks(tenant_id, counted)
    keep_alerts_found(alerts.written())
    keep_incidents_found(counted)
    return share_out(batch, joined, incidents, alerts, tell_correlations(batch))


def _write_incidents(
    batch: Batch, incidents: IncidentChanges, alerts: AlertChanges, sighted: Sighted
) -> list[Incident]:
    """Write all that changed, or whose alerts did, counted anew; gives them.

    All alerts of a new one are in the batch, so that it need not be asked of the tables.
    """
    ids = {*list_touched(incidents, alerts), *alerts.left}
    known = ids.difference(incidents.new)
    sums = sum_written(alerts.written(), sighted.named)
    if known:
        sums |= read_sums(batch.tenant_id, known)
    counted = [batch.incidents_by_id[id_] for id_ in ids]
    apply_sums(counted, sums, batch.instants, alerts.left)
    if incidents.new:
        insert(Incident, list(incidents.new.values()), waits=False)
    rows = Incident.objects.of_tenant(batch.tenant_id)
    rows.rewrite([batch.incidents_by_id[id_] for id_ in known], _INCIDENT_FIELDS)
    return counted


def _write_alerts(batch: Batch, changes: AlertChanges) -> None:
    if changes.new:
        insert(Alert, list(changes.new.values()), waits=False)
    if changes.changed:
        rows = Alert.objects.of_tenant(batch.tenant_id)
        rows.rewrite(list(changes.changed.values()), _ALERT_FIELDS)
    if changes.moved:
        home = Alert.objects.of_tenant(batch.tenant_id).filter(id=OuterRef("alert_id"))
        said = Comment.objects.of_tenant(batch.tenant_id).filter(alert_id__in=changes.moved)
        said.update(incident_id=Subquery(home.values("incident_id")[:1]))


def _write_comments(batch: Batch, incidents: IncidentChanges, alerts: AlertChanges) -> None:
    told: list[Told] = [
        (incident, None, comment) for incident, record in incidents.records for comment in record.comments
    ]
    told += (
        (batch.incidents_by_id[alert.incident_id], alert, comment)
        for alert, record in alerts.records
        for comment in record.comments
    )
    if new := _find_new_comments(batch, told):
        insert(Comment, new, waits=False)
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
