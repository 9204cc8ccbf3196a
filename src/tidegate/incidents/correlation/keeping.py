"""The keys of alerts are kept: by whoever takes them in, and by whoever puts one into an incident of ours."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from django.db import connection

from tidegate.core.ids import uuid7
from tidegate.incidents.correlation.keys import Key, find_keys
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert, CorrelationKey

_TABLE: Final = CorrelationKey._meta.db_table
_COLUMNS: Final = ("tenant_id", "id", "alert_id", "kind", "value", "device_key", "first_at", "last_at")
_FIELDS: Final = {field.attname: field for field in CorrelationKey._meta.concrete_fields}


def forget_keys(tenant_id: uuid.UUID, alert_ids: Collection[uuid.UUID]) -> None:
    """These alerts are found by nothing any more."""
    if alert_ids:
        CorrelationKey.objects.of_tenant(tenant_id).filter(alert_id__in=alert_ids).delete()


def keep_keys(tenant_id: uuid.UUID, alerts: Iterable[tuple[Alert, Iterable[Key]]]) -> None:
    """These alerts, which had none, are found by these keys."""
    rows = [row for alert, keys in alerts for row in _rows_of(tenant_id, alert, keys)]
    if rows:
        # An alert has several: model instances would take half as long again.
        engine: Any = connection
        engine.insert_rows(_TABLE, _COLUMNS, rows)


def keep_keys_anew(tenant_id: uuid.UUID, alerts: Collection[Alert]) -> None:
    """These alerts are found by what their documents say now."""
    forget_keys(tenant_id, [alert.id for alert in alerts])
    keep_keys(tenant_id, [(alert, keys_of(alert)) for alert in alerts])


def keys_of(alert: Alert) -> list[Key]:
    """The keys of an alert as it stands."""
    evidence = read_document(alert).get("evidence")
    bodies = [body for body in evidence if isinstance(body, dict)] if isinstance(evidence, list) else []
    return find_keys(bodies)


def _rows_of(tenant_id: uuid.UUID, alert: Alert, keys: Iterable[Key]) -> Iterator[tuple[Any, ...]]:
    tenant, alert_id = _as_kept("tenant_id", tenant_id), _as_kept("alert_id", alert.id)
    span = _as_kept("first_at", alert.first_activity_at), _as_kept("last_at", alert.last_activity_at)
    for key in keys:
        yield tenant, _as_kept("id", uuid7()), alert_id, str(key.kind), key.value, key.device_key, *span


def _as_kept(field: str, value: object) -> Any:
    """A value as this database's driver takes it for a column."""
    return _FIELDS[field].get_db_prep_value(value, connection)
