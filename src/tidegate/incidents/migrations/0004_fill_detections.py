"""The detections of alerts that came in before there was a table for them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

import msgspec
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from tidegate.incidents.detections.rendering import render_detections


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Each as if it had been processed when its alert was updated last."""
    alerts = apps.get_model("incidents", "Alert").rows
    for tenant_id in alerts.order_by("tenant_id").values_list("tenant_id", flat=True).distinct():
        ordered = alerts.filter(tenant_id=tenant_id).order_by("last_update_at", "id")
        last = datetime.min.replace(tzinfo=timezone.get_default_timezone())
        for ids in batched(list(ordered.values_list("id", flat=True)), 200):
            last = _fill_some(apps, tenant_id, ordered.filter(id__in=ids), last)
        clocks = apps.get_model("incidents", "ChangeClock").objects
        clocks.get_or_create(tenant_id=tenant_id, defaults={"at": last})
        clocks.filter(tenant_id=tenant_id, at__lt=last).update(at=last)


def _fill_some(apps: Apps, tenant_id: UUID, alerts: Iterable[Any], last: datetime) -> datetime:
    now = timezone.now()
    model = apps.get_model("incidents", "Detection")
    rendered = [
        (alert, row)
        for alert in alerts
        for row in render_detections(msgspec.json.decode(alert.document), alert.raw)
    ]
    keys = {row.device_key for _, row in rendered}
    devices = apps.get_model("devices", "Device").rows.filter(tenant_id=tenant_id, key__in=keys)
    ids = dict(devices.values_list("key", "id"))
    rows = []
    for alert, row in rendered:
        last = max(last + timedelta(microseconds=1), min(alert.last_update_at, now))
        rows.append(
            model(
                tenant_id=tenant_id,
                alert_id=alert.id,
                device_id=ids.get(row.device_key),
                full_id=row.full_id,
                processed_at=last,
                machine_group=row.machine_group,
                registry_tags=row.registry_tags,
                portal_tags=row.portal_tags,
                digest=row.digest(),
                body=row.write(last),
            )
        )
    model.rows.bulk_create(rows)
    return last


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("incidents", "0003_detections")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
