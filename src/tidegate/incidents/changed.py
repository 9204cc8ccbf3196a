"""What somebody has read before, as it is now: only what has changed since."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.incidents.filters import Filter
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.newest.questions import one_by_one
from tidegate.incidents.queries import list_alerts, list_incidents
from tidegate.incidents.redaction import show_as_seen


@dataclass(frozen=True, slots=True)
class Known:
    """One row as it was read: whose, which, and when it had last changed."""

    tenant_id: uuid.UUID
    id: uuid.UUID
    changed_at: datetime


def changed_incidents(scope: Scope | ManyScope, known: Collection[Known]) -> list[Incident]:
    """Those that have changed since, whatever filter they still fit. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    rows = _changed(list_incidents(one_by_one(scope), Filter()), known)
    show_as_seen(scope, rows)
    return rows


def changed_alerts(scope: Scope | ManyScope, known: Collection[Known]) -> list[Alert]:
    """Those that have changed since, each with its incident. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    rows = _changed(list_alerts(one_by_one(scope), Filter()), known)
    show_as_seen(scope, [alert.incident for alert in rows])
    return rows


def _changed[M: (Incident, Alert)](rows: QuerySet[M], known: Collection[Known]) -> list[M]:
    read = {(one.tenant_id, one.id): one.changed_at for one in known}
    named = rows.filter(tenant_id__in={one.tenant_id for one in known}, id__in={one.id for one in known})
    # A few columns of all, then the changed ones whole: mostly there are none.
    state = named.order_by().values_list("tenant_id", "id", "last_update_at")
    moved = [row_id for tenant_id, row_id, at in state if read.get((tenant_id, row_id)) != at]
    return list(named.filter(id__in=moved)) if moved else []
