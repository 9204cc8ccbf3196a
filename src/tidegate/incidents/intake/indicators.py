"""What the alerts of a batch name, written with their evidence."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from tidegate.core.ids import uuid7
from tidegate.incidents.indicators import Found, Said, find_indicators
from tidegate.incidents.intake.alerts import AlertChanges
from tidegate.incidents.intake.batch import Batch
from tidegate.incidents.models import Indicator

type Named = tuple[uuid.UUID, Found]

_COLUMNS: Final = ("tenant_id", "id", "alert_id", "kind", "value", "device_key", "seen_at")
_FIELDS: Final = {field.name: field for field in Indicator._meta.concrete_fields}


def write_indicators(batch: Batch, changes: AlertChanges) -> None:
    """What alerts name by their evidence, and their techniques, which only a whole record tells."""
    rows = Indicator.objects.of_tenant(batch.tenant_id)
    rows.filter(alert_id__in=list(changes.replaced)).delete()
    # Those that only gained evidence keep what they named before.
    kept = changes.gains.keys() - changes.new.keys() - changes.replaced.keys()
    known = set()
    if kept:
        known = set(rows.filter(alert_id__in=kept).values_list("alert_id", "kind", "value", "device_key"))
    techniques = {alert.id: record.mitre_techniques for alert, record in changes.records}
    named: list[Named] = []
    for alert_id, gain in changes.gains.items():
        last = gain.alert.last_activity_at
        said = [Said(one.body, one.created_at or last) for one in gain.evidence]
        named += [
            (alert_id, found)
            for found in find_indicators(said, techniques.get(alert_id, ()), last)
            if (alert_id, found.kind, found.value, found.device_key) not in known
        ]
    if named:
        _insert(batch.tenant_id, named)


def _insert(tenant_id: uuid.UUID, named: Iterable[Named]) -> None:
    # An alert names ten things, which as model instances would take half as long again as all the rest.
    table = connection.ops.quote_name(Indicator._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, _COLUMNS))
    places = ", ".join(["%s"] * len(_COLUMNS))
    tenant = _as_kept("id", tenant_id)
    values = [
        (
            tenant,
            _as_kept("id", uuid7()),
            _as_kept("id", alert_id),
            str(found.kind),
            found.value,
            found.device_key,
            _as_kept("seen_at", found.seen_at),
        )
        for alert_id, found in named
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608  our own names


def _as_kept(field: str, value: uuid.UUID | datetime) -> Any:
    """A value as this database's driver takes it for a column."""
    return _FIELDS[field].get_db_prep_value(value, connection)
