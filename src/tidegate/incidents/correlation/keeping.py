"""The keys of alerts are kept: by whoever takes them in, and by whoever puts one into an incident of ours."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from tidegate.core.ids import uuid7
from tidegate.incidents.correlation.keys import Key, find_keys
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert, CorrelationKey

_COLUMNS: Final = ("tenant_id", "id", "alert_id", "kind", "value", "device_key", "first_at", "last_at")
_FIELDS: Final = {field.name: field for field in CorrelationKey._meta.concrete_fields}


def forget_keys(tenant_id: uuid.UUID, alert_ids: Collection[uuid.UUID]) -> None:
    """These alerts are found by nothing any more."""
    if alert_ids:
        CorrelationKey.objects.of_tenant(tenant_id).filter(alert_id__in=alert_ids).delete()


def keep_keys(tenant_id: uuid.UUID, alerts: Iterable[tuple[Alert, Iterable[Key]]]) -> None:
    """These alerts, which had none, are found by these keys."""
    table = connection.ops.quote_name(CorrelationKey._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, _COLUMNS))
    places = ", ".join(["%s"] * len(_COLUMNS))
    tenant = _as_kept("id", tenant_id)
    values = [
        (tenant, _as_kept("id", uuid7()), alert_id, str(key.kind), key.value, key.device_key, *span)
        for alert, keys in alerts
        for alert_id, span in [(_as_kept("id", alert.id), _span_as_kept(alert))]
        for key in keys
    ]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608  our own names


def keep_keys_anew(tenant_id: uuid.UUID, alerts: Collection[Alert]) -> None:
    """These alerts are found by what their documents say now."""
    forget_keys(tenant_id, [alert.id for alert in alerts])
    keep_keys(tenant_id, [(alert, keys_of(alert)) for alert in alerts])


def keys_of(alert: Alert) -> list[Key]:
    """The keys of an alert as it stands."""
    evidence = read_document(alert).get("evidence")
    bodies = [body for body in evidence if isinstance(body, dict)] if isinstance(evidence, list) else []
    return find_keys(bodies)


def _span_as_kept(alert: Alert) -> tuple[Any, Any]:
    return _as_kept("first_at", alert.first_activity_at), _as_kept("last_at", alert.last_activity_at)


def _as_kept(field: str, value: uuid.UUID | datetime) -> Any:
    return _FIELDS[field].get_db_prep_value(value, connection)
