"""What came in in a period, and what was open at its end, counted by the database."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.incidents.clocks.waits import read_waits
from tidegate.incidents.indicator_queries import seen_indicators
from tidegate.incidents.models import Incident, IndicatorKind
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.statistics import AGES, BySeverity
from tidegate.incidents.visibility import seen_alerts, seen_evidence, seen_incidents
from tidegate.incidents.words import OPEN_INCIDENT, IncidentStatus, Severity


@dataclass(frozen=True, slots=True)
class Waiting:
    """An incident that waited for the customer at an instant, and since when."""

    incident: Incident
    since: datetime

    @property
    def word(self) -> str:
        """How bad it is, in Graph's word."""
        return Severity(self.incident.severity).word


def count_alerts(
    scope: Scope | ManyScope, since: datetime, until: datetime, tenants: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, BySeverity]:
    """Alerts made in a period, by tenant and severity; of `tenants` alone. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    rows = seen_alerts(scope).filter(created_at__gte=since, created_at__lt=until)
    if tenants is not None:
        rows = rows.filter(tenant_id__in=tenants)
    found: dict[uuid.UUID, BySeverity] = {}
    counted = rows.order_by().values("tenant_id", "severity").annotate(total=Count("id"))
    for row in counted:
        found.setdefault(row["tenant_id"], {})[Severity(row["severity"])] = row["total"]
    return found


def count_open_by_age_at(scope: Scope, at: datetime) -> list[BySeverity]:
    """Incidents open at an instant by age, as `statistics.count_open_by_age` groups them; one statement."""
    groups: list[BySeverity] = [{} for _ in range(len(AGES) + 1)]
    for severity, created_at in _open_at(scope, at).values_list("severity", "created_at").iterator():
        age = at - created_at
        place = next((place for place, end in enumerate(AGES) if age < end), len(AGES))
        group = groups[place]
        group[Severity(severity)] = group.get(Severity(severity), 0) + 1
    return groups


def count_open_at_by_tenant(
    scope: ManyScope, at: datetime, tenants: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """How many incidents were open at an instant in each of these tenants. Raises Forbidden."""
    rows = (
        _open_at(scope, at)
        .filter(tenant_id__in=tenants)
        .values("tenant_id")
        .annotate(total=Count("id"))
        .order_by()
    )
    return {row["tenant_id"]: row["total"] for row in rows}


def find_waiting(scope: Scope, at: datetime, at_most: int) -> list[Waiting]:
    """The incidents that waited for the customer at an instant, longest first. Raises Forbidden."""
    found = []
    for incident in _open_at(scope, at).exclude(waits=[]).defer("raw", "extra", "description"):
        spans = read_waits(incident)
        since = next((begin for begin, end in spans if begin <= at and (end is None or end > at)), None)
        if since is not None:
            found.append(Waiting(incident, since))
    found.sort(key=lambda waiting: waiting.since)
    show_as_seen(scope, [waiting.incident for waiting in found[:at_most]])
    return found[:at_most]


def top_categories(
    scope: Scope, since: datetime, until: datetime, at_most: int
) -> list[tuple[str, BySeverity]]:
    """The categories of most incidents made in a period. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(created_at__gte=since, created_at__lt=until)
    rows = rows.exclude(status=IncidentStatus.REDIRECTED)
    found: dict[str, BySeverity] = {}
    for row in rows.values("category", "severity").annotate(total=Count("id")).order_by():
        found.setdefault(row["category"], {})[Severity(row["severity"])] = row["total"]
    return sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0]))[:at_most]


def top_techniques(scope: Scope, since: datetime, until: datetime, at_most: int) -> list[tuple[str, int]]:
    """The ATT&CK techniques that most alerts made in a period name, as their numbers. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    alerts = seen_alerts(scope).filter(created_at__gte=since, created_at__lt=until)
    rows = seen_indicators(scope).filter(kind=IndicatorKind.TECHNIQUE, alert_id__in=alerts.values("id"))
    counted = rows.order_by().values("value").annotate(alerts=Count("alert_id", distinct=True))
    most = counted.order_by("-alerts", "value")[:at_most]
    return [(row["value"].upper(), row["alerts"]) for row in most]


def top_devices(
    scope: Scope, since: datetime, until: datetime, at_most: int
) -> list[tuple[uuid.UUID, str, int]]:
    """The devices that most alerts made in a period name, as far as they are seen: id, name, alerts.

    Raises Forbidden.
    """
    require(scope, Permission.DEVICE_READ)
    alerts = seen_alerts(scope).filter(created_at__gte=since, created_at__lt=until)
    rows = seen_evidence(scope).filter(device_id__isnull=False, alert_id__in=alerts.values("id"))
    counted = rows.order_by().values("device_id", "device__dns_name")
    most = counted.annotate(alerts=Count("alert_id", distinct=True)).order_by("-alerts", "device__dns_name")
    return [
        (row["device_id"], row["device__dns_name"], row["alerts"])
        for row in most[:at_most]
        if row["device_id"] is not None
    ]


def _open_at(scope: Scope | ManyScope, at: datetime) -> QuerySet[Incident]:
    """What was open then, as far as its dates tell."""
    require(scope, Permission.INCIDENT_READ)
    still_open = Q(status__in=OPEN_INCIDENT) | Q(resolved_at__gt=at)
    rows = seen_incidents(scope).filter(still_open, created_at__lt=at)
    return rows.exclude(status=IncidentStatus.REDIRECTED)
