"""Alerts and incidents as programs fetch them: whole, in any order, in one tenant or in many.

Like `queries`, every question starts from a Scope; unseen is NotFound, the same as absent.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import batched
from typing import Final

from django.db.models import QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.incidents.models import Alert, Comment, Incident
from tidegate.incidents.redaction import redact_alerts
from tidegate.incidents.visibility import seen_alerts, seen_comments, seen_incidents

SETTLES: Final = timedelta(seconds=10)
_AT_ONCE: Final = 1_000
_BLOCK: Final = 500
_ALERT_COLUMNS: Final = (
    "tenant", "id", "external_id", "incident_id", "version", "document", "severity", "status",
    "created_at", "last_update_at", "first_activity_at", "last_activity_at",
)  # fmt: skip


def fetch_alerts(scope: Scope | ManyScope) -> QuerySet[Alert]:
    """Alerts with their documents, not redacted yet, and what they are ordered by. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    return seen_alerts(scope).only(*_ALERT_COLUMNS)


def fetch_incidents(scope: Scope | ManyScope) -> QuerySet[Incident]:
    """Incidents without what their sources wrote. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    return seen_incidents(scope).defer("raw")


def leave_settling[M: (Alert, Incident)](scope: Scope | ManyScope, rows: QuerySet[M]) -> QuerySet[M]:
    """For who asks many tenants for what changed since an instant: leave out what changed just now.

    Instants are in the order of commits within a tenant, but one tenant's may come in behind another's.
    Changes take well under `SETTLES`.
    """
    if isinstance(scope, Scope):
        return rows
    return rows.filter(last_update_at__lt=clock.now() - SETTLES)


def alerts_by_incident(
    scope: Scope | ManyScope, incidents: Sequence[Incident], alerts: QuerySet[Alert]
) -> Iterator[tuple[Incident, Iterator[Alert]]]:
    """Each incident with those of the alerts that are in it, redacted, in the order in which they happened.

    As many incidents at once as have a thousand alerts between them; the alerts of one that has more are
    read as they are wanted, so each must be used up before the next is asked for.
    """
    for together in _batch(incidents):
        found = alerts.filter(
            tenant_id__in={incident.tenant_id for incident in together},
            incident_id__in=[incident.id for incident in together],
        ).order_by("first_activity_at", "id")
        if len(together) == 1:
            yield together[0], _read_redacted(scope, found)
            continue
        by_incident: defaultdict[uuid.UUID, list[Alert]] = defaultdict(list)
        for alert in _read_redacted(scope, found):
            by_incident[alert.incident_id].append(alert)
        for incident in together:
            yield incident, iter(by_incident[incident.id])


def comments_by_incident(
    scope: Scope | ManyScope, incidents: Collection[Incident]
) -> Mapping[uuid.UUID, list[Comment]]:
    """What was said of these incidents themselves, oldest first. One statement, or none for none."""
    require(scope, Permission.INCIDENT_READ)
    said: defaultdict[uuid.UUID, list[Comment]] = defaultdict(list)
    if incidents:
        rows = seen_comments(scope).filter(
            tenant_id__in={incident.tenant_id for incident in incidents},
            incident_id__in=[incident.id for incident in incidents],
            alert_id__isnull=True,
        )
        for comment in rows.order_by("created_at", "id"):
            said[comment.incident_id].append(comment)
    return said


def numbers_merged_into(
    scope: Scope | ManyScope, incidents: Collection[Incident]
) -> Mapping[tuple[uuid.UUID, str], int]:
    """The numbers here of what incidents were merged into, by tenant and id at the source.

    One statement, or none where none was merged.
    """
    require(scope, Permission.INCIDENT_READ)
    merged = [incident for incident in incidents if incident.redirect_external_id]
    if not merged:
        return {}
    rows = seen_incidents(scope).filter(
        tenant_id__in={incident.tenant_id for incident in merged},
        external_id__in={incident.redirect_external_id for incident in merged},
    )
    found = rows.values_list("tenant_id", "external_id", "number")
    return {(tenant_id, external_id): number for tenant_id, external_id, number in found}


def _batch(incidents: Sequence[Incident]) -> Iterator[list[Incident]]:
    batch: list[Incident] = []
    alerts = 0
    for incident in incidents:
        if batch and alerts + incident.alert_count > _AT_ONCE:
            yield batch
            batch, alerts = [], 0
        batch.append(incident)
        alerts += incident.alert_count
    if batch:
        yield batch


def _read_redacted(scope: Scope | ManyScope, rows: QuerySet[Alert]) -> Iterator[Alert]:
    for block in batched(rows.iterator(chunk_size=_BLOCK), _BLOCK):
        redact_alerts(scope, block)
        yield from block
