"""What the alerts of a batch name, written with their evidence."""

from tidegate.incidents.indicators import Said, find_indicators
from tidegate.incidents.intake.alerts import AlertChanges
from tidegate.incidents.intake.batch import Batch
from tidegate.incidents.models import Indicator


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
    made: list[Indicator] = []
    for alert_id, gain in changes.gains.items():
        last = gain.alert.last_activity_at
        told = [Said(one.body, one.created_at or last) for one in gain.evidence]
        made += [
            Indicator(tenant_id=batch.tenant_id, alert_id=alert_id, **found._asdict())
            for found in find_indicators(told, techniques.get(alert_id, ()), last)
            if (alert_id, found.kind, found.value, found.device_key) not in known
        ]
    Indicator.objects.bulk_create(made, batch_size=1_000)
