"""The detections of alerts that came in or changed, each processed at an instant of its own."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tidegate.core.bulk import insert_values
from tidegate.core.ids import uuid7_texts
from tidegate.devices.models import Device
from tidegate.incidents.detections.form import Rendered
from tidegate.incidents.detections.rendering import render_detections
from tidegate.incidents.document import read_document
from tidegate.incidents.intake.alerts import AlertChanges
from tidegate.incidents.intake.batch import Batch
from tidegate.incidents.models import Alert, Detection

_CHANGING: Final = (
    "device_id", "processed_at", "machine_group", "registry_tags", "portal_tags", "digest", "body",
)  # fmt: skip
_NAMES: Final = ("tenant_id", "id", "alert_id", "full_id", *_CHANGING)


@dataclass(frozen=True, slots=True)
class Pending:
    """A detection to be written: a new one of the alert, or another state of one that there is."""

    alert_id: uuid.UUID
    rendered: Rendered
    digest: str
    old: Detection | None


@dataclass(frozen=True, slots=True)
class Drafts:
    """The detections of a batch that are to be written, and those that are no more."""

    pending: Sequence[Pending]
    gone: Sequence[uuid.UUID]


def draft_detections(batch: Batch, changes: AlertChanges) -> Drafts:
    """What is to become of the detections of the written alerts. One statement where known ones changed.

    One that says what it said before stays as it is, with its time.
    """
    known = _find_known(batch.tenant_id, changes.changed.values())
    standing: set[uuid.UUID] = set()
    pending: list[Pending] = []
    for alert in changes.written():
        document = changes.documents.get(alert.id) or read_document(alert)
        for rendered in render_detections(document, alert.raw):
            old, digest = known.get((alert.id, rendered.full_id)), rendered.digest()
            if old is not None:
                standing.add(old.id)
            if old is None or old.digest != digest:
                pending.append(Pending(alert.id, rendered, digest, old))
    return Drafts(pending, [old.id for old in known.values() if old.id not in standing])


def write_detections(batch: Batch, drafts: Drafts, devices: Mapping[str, uuid.UUID]) -> None:
    """Write them: at most six statements. `devices` are those that are known already, by their keys."""
    _write(batch, drafts.pending, devices)
    if drafts.gone:
        Detection.objects.of_tenant(batch.tenant_id).filter(id__in=drafts.gone).delete()


def _write(batch: Batch, pending: Sequence[Pending], devices: Mapping[str, uuid.UUID]) -> None:
    if not pending:
        return
    tenant_id = batch.tenant_id
    devices = {
        **devices,
        **_find_devices(tenant_id, {one.rendered.device_key for one in pending} - {"", *devices}),
    }
    new, rewritten = [], []
    for one, id_ in zip(pending, uuid7_texts(len(pending)), strict=True):
        values = _say(one, next(batch.instants), devices)
        if one.old is None:
            new.append((tenant_id, id_, one.alert_id, one.rendered.full_id, *values))
        else:
            for name, value in zip(_CHANGING, values, strict=True):
                setattr(one.old, name, value)
            rewritten.append(one.old)
    if new:
        insert_values(Detection, _NAMES, new, waits=False)
    if rewritten:
        Detection.objects.of_tenant(tenant_id).rewrite(rewritten, _CHANGING)


def _say(one: Pending, at: datetime, devices: Mapping[str, uuid.UUID]) -> tuple[Any, ...]:
    """The values of what may change."""
    said = one.rendered
    tags = said.registry_tags, said.portal_tags
    return devices.get(said.device_key), at, said.machine_group, *tags, one.digest, said.write(at)


def _find_known(tenant_id: uuid.UUID, alerts: Collection[Alert]) -> Mapping[tuple[uuid.UUID, str], Detection]:
    if not alerts:
        return {}
    rows = Detection.objects.of_tenant(tenant_id).filter(alert_id__in=[alert.id for alert in alerts])
    return {(row.alert_id, row.full_id): row for row in rows}


def _find_devices(tenant_id: uuid.UUID, keys: Collection[str]) -> Mapping[str, uuid.UUID]:
    if not keys:
        return {}
    return dict(Device.objects.of_tenant(tenant_id).filter(key__in=keys).values_list("key", "id"))
