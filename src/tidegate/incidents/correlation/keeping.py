"""The keys of alerts are kept: by whoever takes them in, and by whoever puts one into an incident of ours."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from tidegate.core.bulk import insert_values
from tidegate.core.ids import uuid7_texts
from tidegate.incidents.correlation.keys import Key, find_keys
from tidegate.incidents.document import read_document
from tidegate.incidents.models import Alert, CorrelationKey

_NAMES: Final = ("tenant_id", "id", "alert_id", "kind", "value", "device_key", "first_at", "last_at")


def forget_keys(tenant_id: uuid.UUID, alert_ids: Collection[uuid.UUID]) -> None:
    """These alerts are found by nothing any more."""
    if alert_ids:
        CorrelationKey.objects.of_tenant(tenant_id).filter(alert_id__in=alert_ids).delete()


def keep_keys(tenant_id: uuid.UUID, alerts: Iterable[tuple[Alert, Collection[Key]]]) -> None:
    """These alerts, which had none, are found by these keys."""
    rows = [row for alert, keys in alerts for row in _rows_of(tenant_id.hex, alert, keys)]
    if rows:
        insert_values(CorrelationKey, _NAMES, rows)


def keep_keys_anew(tenant_id: uuid.UUID, alerts: Collection[Alert]) -> None:
    """These alerts are found by what their documents say now."""
    forget_keys(tenant_id, [alert.id for alert in alerts])
    keep_keys(tenant_id, [(alert, keys_of(alert)) for alert in alerts])


def keys_of(alert: Alert) -> list[Key]:
    """The keys of an alert as it stands."""
    evidence = read_document(alert).get("evidence")
    bodies = [body for body in evidence if isinstance(body, dict)] if isinstance(evidence, list) else []
    return find_keys(bodies)


def _rows_of(tenant: str, alert: Alert, keys: Collection[Key]) -> Iterator[tuple[Any, ...]]:
    alert_id, span = alert.id.hex, (alert.first_activity_at, alert.last_activity_at)
    for id_, key in zip(uuid7_texts(len(keys)), keys, strict=True):
        yield tenant, id_, alert_id, key.kind, key.value, key.device_key, *span
