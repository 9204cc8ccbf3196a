"""What was told of a tenant under rules of others, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.incidents.models import Alert
from tidegate.incidents.visibility import seen_alerts
from tidegate.incidents.words import Severity
from tidegate.notifications.models import Notification
from tidegate.notifications.queries import name_tenants


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One notification. The alert is None where the reader does not see it; `by` is empty for a stranger."""

    notification: Notification
    severity: str
    alert: Alert | None
    by: str


def describe_told(scope: Scope, told: Sequence[Notification]) -> list[ToldRow]:
    """The rows of a page. Two statements."""
    ids = [one.alert_id for one in told if one.alert_id]
    alerts: dict[object, Alert] = {}
    if scope.allows(Permission.ALERT_READ):
        rows = seen_alerts(scope).filter(id__in=ids).defer("document", "raw")
        alerts = {alert.id: alert for alert in rows}
    names = name_tenants(scope, [one.rule_tenant_id for one in told])
    return [
        ToldRow(one, Severity(one.severity).word, alerts.get(one.alert_id), names.get(one.rule_tenant_id, ""))
        for one in told
    ]
