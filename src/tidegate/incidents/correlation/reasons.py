"""Why alerts stand in their incident, as far as the reader may know it. All of it through a Scope.

A reason tells of two alerts and of something that both name. It is not there for whoever does not see the
other alert, or where the thing was named about a device that they do not see; nor for an alert that was
placed elsewhere since, by people or by its source.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.scoped import ScopedQuerySet
from tidegate.devices.visibility import hidden_devices
from tidegate.incidents.models import Alert, Correlation, CorrelationKind, Evidence
from tidegate.incidents.visibility import seen_alerts


@dataclass(frozen=True, slots=True)
class Reason:
    """What an alert has in common with another one, by its id on the wire, and how far apart they are."""

    kind: CorrelationKind
    label: str
    other: str
    apart: timedelta


def reasons_of(scope: Scope, alerts: Collection[Alert]) -> Mapping[uuid.UUID, Reason]:
    """The reasons of these alerts, which the scope sees, by their ids. One statement. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    where = {alert.id: alert.incident_id for alert in alerts if alert.placed_at is None}
    if not where:
        return {}
    rows = _known_correlations(scope).filter(alert_id__in=list(where))
    columns = ("alert_id", "incident_id", "kind", "label", "other__external_id", "seconds_apart")
    return {
        alert_id: Reason(CorrelationKind(kind), label, other, timedelta(seconds=seconds))
        for alert_id, incident_id, kind, label, other, seconds in rows.values_list(*columns)
        if where[alert_id] == incident_id
    }


def _known_correlations(scope: Scope) -> ScopedQuerySet[Correlation]:
    rows: ScopedQuerySet[Correlation] = Correlation.objects.in_scope(scope)
    if not scope.sight.hides:
        return rows
    other = seen_alerts(scope).filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("other_id"))
    shown = _is_shown(scope, "alert_id", "device_key") & _is_shown(scope, "other_id", "other_device_key")
    return rows.filter(Exists(other), shown)


def _is_shown(scope: Scope, alert: str, key: str) -> Q:
    """Whether what one side named is of no hidden device; without a device it may be that of a hidden one."""
    about = hidden_devices(scope).filter(tenant_id=OuterRef("tenant_id"), key=OuterRef(key))
    beside = Evidence.objects.in_scope(scope).filter(
        scope.sight.hidden("device__device_group_id"),
        tenant_id=OuterRef("tenant_id"),
        alert_id=OuterRef(alert),
    )
    return ~Q(Exists(about)) & (~Q(**{key: ""}) | ~Q(Exists(beside)))
