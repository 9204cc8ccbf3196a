"""What the alerts of a batch name, written with their evidence."""

import uuid
from collections.abc import Sequence
from typing import Final

from tidegate.core.bulk import insert_values
from tidegate.core.ids import uuid7_texts
from tidegate.incidents.indicators import Found, Said, find_indicators
from tidegate.incidents.intake.alerts import AlertChanges
from tidegate.incidents.intake.batch import Batch
from tidegate.incidents.models import Indicator

type Named = tuple[uuid.UUID, Found]

_NAMES: Final = ("tenant_id", "id", "alert_id", "kind", "value", "device_key", "seen_at")


def write_indicators(batch: Batch, changes: AlertChanges) -> None:
    """What alerts name by their evidence, and their techniques, which only a whole record tells."""
    rows = Indicator.objects.of_tenant(batch.tenant_id)
    if changes.replaced:
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


def _insert(tenant_id: uuid.UUID, named: Sequence[Named]) -> None:
    tenant = tenant_id.hex
    rows = (
        (tenant, id_, alert_id.hex, found.kind, found.value, found.device_key, found.seen_at)
        for id_, (alert_id, found) in zip(uuid7_texts(len(named)), named, strict=True)
    )
    insert_values(Indicator, _NAMES, rows, waits=False)
