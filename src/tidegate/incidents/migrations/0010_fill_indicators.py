"""What the alerts name that came in before there was a table for it."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import batched
from typing import Any
from uuid import UUID

import msgspec
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tidegate.incidents.indicators import Said, find_indicators

_AT_ONCE = 500


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As if each alert had just come in."""
    alerts = apps.get_model("incidents", "Alert").rows
    for tenant_id in alerts.order_by("tenant_id").values_list("tenant_id", flat=True).distinct():
        ids = alerts.filter(tenant_id=tenant_id).order_by("id").values_list("id", flat=True)
        for some in batched(list(ids), _AT_ONCE):
            model = apps.get_model("incidents", "Indicator")
            model.rows.bulk_create(_make(apps, tenant_id, some), batch_size=1_000)


def _make(apps: Apps, tenant_id: UUID, ids: tuple[UUID, ...]) -> Iterator[Any]:
    model = apps.get_model("incidents", "Indicator")
    evidence = apps.get_model("incidents", "Evidence").rows.filter(tenant_id=tenant_id, alert_id__in=ids)
    named = defaultdict(list)
    for alert_id, body, created_at in evidence.values_list("alert_id", "body", "created_at"):
        named[alert_id].append((msgspec.json.decode(body), created_at))
    alerts = apps.get_model("incidents", "Alert").rows.filter(tenant_id=tenant_id, id__in=ids)
    for alert_id, document, last in alerts.values_list("id", "document", "last_activity_at"):
        told = [Said(body, created_at or last) for body, created_at in named[alert_id]]
        techniques = msgspec.json.decode(document).get("mitreTechniques") or ()
        for found in find_indicators(told, techniques, last):
            yield model(tenant_id=tenant_id, alert_id=alert_id, **found._asdict())


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [("incidents", "0009_indicators")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
