"""What of the queue a scope lets see, where device groups are hidden from its actor.

An alert that names devices is seen if one of them is; one that names none is seen. An incident is seen
if one of its alerts is; evidence, if its alert is and its device is not hidden. Every question of this
room starts here. Where nothing is hidden the conditions are not there at all.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.scoped import ScopedQuerySet
from tidegate.incidents.models import Alert, Comment, Evidence, Incident


def seen_alerts(scope: Scope | ManyScope) -> ScopedQuerySet[Alert]:
    """Every alert that may be seen. Asks for no permission: its callers do."""
    rows: ScopedQuerySet[Alert] = Alert.objects.in_scope(scope)
    return _keep_seen(scope, rows) if scope.sight.hides else rows


def seen_incidents(scope: Scope | ManyScope) -> ScopedQuerySet[Incident]:
    """Every incident that may be seen.

    One without alerts is seen if its source told of it; else it is what is left of an alert that moved,
    and has nothing but that alert's name.
    """
    rows: ScopedQuerySet[Incident] = Incident.objects.in_scope(scope)
    if not scope.sight.hides:
        return rows
    own = Alert.objects.across_tenants().filter(tenant_id=OuterRef("tenant_id"), incident_id=OuterRef("id"))
    told_of = Q(alert_count=0, source_updated_at__isnull=False)
    return rows.filter(told_of | Exists(_keep_seen(scope, own)))


def seen_evidence(scope: Scope | ManyScope) -> ScopedQuerySet[Evidence]:
    """All evidence of alerts that may be seen, but for hidden devices."""
    rows: ScopedQuerySet[Evidence] = Evidence.objects.in_scope(scope)
    if not scope.sight.hides:
        return rows
    shown = rows.exclude(scope.sight.hidden("device__device_group_id"))
    return shown.filter(Exists(_alert_of_row(scope)))


def seen_comments(scope: Scope | ManyScope) -> ScopedQuerySet[Comment]:
    """Every comment but those on alerts that may not be seen; callers start from an incident they see."""
    rows: ScopedQuerySet[Comment] = Comment.objects.in_scope(scope)
    if not scope.sight.hides:
        return rows
    return rows.filter(Q(alert_id__isnull=True) | Exists(_alert_of_row(scope)))


def _alert_of_row(scope: Scope | ManyScope) -> QuerySet[Alert]:
    own = Alert.objects.across_tenants().filter(tenant_id=OuterRef("tenant_id"), id=OuterRef("alert_id"))
    return _keep_seen(scope, own)


def _keep_seen(scope: Scope | ManyScope, rows: ScopedQuerySet[Alert]) -> ScopedQuerySet[Alert]:
    hidden = scope.sight.hidden("device__device_group_id")
    naming = Evidence.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), alert_id=OuterRef("id"), device_id__isnull=False
    )
    return rows.filter(~Exists(naming.filter(hidden)) | Exists(naming.exclude(hidden)))
