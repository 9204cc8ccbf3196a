"""The detections of alerts that came in or changed, each processed at an instant of its own."""

import uuid
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from tidegate.devices.models import Device
from tidegate.incidents.detections.form import Rendered
from tidegate.incidents.detections.rendering import render_detections
from tidegate.incidents.document import read_document
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Alert, Detection

_CHANGING: Final = (
    "device_id", "processed_at", "machine_group", "registry_tags", "portal_tags", "digest", "body",
)  # fmt: skip


def write_detections(tenant_id: uuid.UUID, new: Collection[Alert], changed: Collection[Alert]) -> None:
    """Bring the detections of these alerts up to date: at most seven statements.

    One that says what it said before stays as it is, with its time.
    """
    known = _find_known(tenant_id, changed)
    standing: set[uuid.UUID] = set()
    pending: list[tuple[Detection, Rendered]] = []
    for alert in [*new, *changed]:
        for row in render_detections(read_document(alert), alert.raw):
            old, digest = known.get((alert.id, row.full_id)), row.digest()
            if old is not None:
                standing.add(old.id)
            if old is None or old.digest != digest:
                detection = old or Detection(tenant_id=tenant_id, alert_id=alert.id, full_id=row.full_id)
                detection.digest = digest
                pending.append((detection, row))
    _write(tenant_id, pending, {row.id for row in known.values()})
    gone = [old.id for old in known.values() if old.id not in standing]
    if gone:
        Detection.objects.of_tenant(tenant_id).filter(id__in=gone).delete()


def _write(
    tenant_id: uuid.UUID, pending: Sequence[tuple[Detection, Rendered]], known: Container[uuid.UUID]
) -> None:
    if not pending:
        return
    devices = _find_devices(tenant_id, (row.device_key for _, row in pending))
    instants = take_instants(tenant_id, len(pending))
    for detection, row in pending:
        detection.device_id = devices.get(row.device_key)
        _fill(detection, row, next(instants))
    Detection.objects.bulk_create([row for row, _ in pending if row.id not in known])
    rewritten = [row for row, _ in pending if row.id in known]
    if rewritten:
        Detection.objects.of_tenant(tenant_id).rewrite(rewritten, _CHANGING)


def _fill(detection: Detection, row: Rendered, processed_at: datetime) -> None:
    detection.processed_at = processed_at
    detection.machine_group = row.machine_group
    detection.registry_tags, detection.portal_tags = row.registry_tags, row.portal_tags
    detection.body = row.write(processed_at)


def _find_known(tenant_id: uuid.UUID, alerts: Collection[Alert]) -> Mapping[tuple[uuid.UUID, str], Detection]:
    if not alerts:
        return {}
    rows = Detection.objects.of_tenant(tenant_id).filter(alert_id__in=[alert.id for alert in alerts])
    return {(row.alert_id, row.full_id): row for row in rows}


def _find_devices(tenant_id: uuid.UUID, keys: Iterable[str]) -> Mapping[str, uuid.UUID]:
    wanted = {key for key in keys if key}
    if not wanted:
        return {}
    return dict(Device.objects.of_tenant(tenant_id).filter(key__in=wanted).values_list("key", "id"))
