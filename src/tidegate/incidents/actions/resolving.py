"""An incident that is resolved resolves the open alerts in it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.incidents.actions.changing import incident_target, lock_incident
from tidegate.incidents.counters.keeping import counting
from tidegate.incidents.document import rerender_alert
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.visibility import seen_alerts
from tidegate.incidents.words import OPEN_ALERT, AlertStatus, IncidentStatus


@contextmanager
def resolving_alerts(scope: Scope, number: int, status: str | None) -> Iterator[None]:
    """Around the change of an incident to this status, in one transaction with it.

    Resolving it resolves those of its open alerts that the actor sees. They are locked with it before
    anything is written: the event of a change locks the audit chain, for which others wait with a lock on
    their alert. Raises NotFound.
    """
    with transaction.atomic():
        if status != IncidentStatus.RESOLVED:
            yield
            return
        incident = lock_incident(scope, number)
        alerts = seen_alerts(scope).select_for_update(of=("self",))
        open_alerts = list(alerts.filter(incident_id=incident.id, status__in=OPEN_ALERT).order_by("id"))
        yield
        if open_alerts:
            _resolve(scope, incident, open_alerts)


def _resolve(scope: Scope, incident: Incident, alerts: list[Alert]) -> None:
    now = clock.now()
    instants = take_instants(scope.tenant_id, len(alerts))
    with counting(scope.tenant_id, alerts):
        for alert, instant in zip(alerts, instants, strict=True):
            alert.status, alert.resolved_at = AlertStatus.RESOLVED, now
            alert.last_update_at = alert.worked_at = instant
            alert.version += 1
            alert.document = rerender_alert(alert, incident.number)
        fields = ["status", "resolved_at", "last_update_at", "worked_at", "version", "document"]
        Alert.objects.in_scope(scope).bulk_update(alerts, fields, batch_size=100)
    details = {"alerts": [alert.external_id for alert in alerts]}
    record(scope, "incident.alerts_resolved", incident_target(incident), details=details)
