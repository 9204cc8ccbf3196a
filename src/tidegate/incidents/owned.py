"""What is open in somebody's hands: asked before their access lapses."""

import uuid
from collections.abc import Collection

from django.db.models import Count

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core.scoped import ScopedQuerySet
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.visibility import seen_alerts, seen_incidents
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT


def open_incidents_of(scope: Scope, user_id: uuid.UUID) -> ScopedQuerySet[Incident]:
    """The open incidents assigned to a user of the tenant. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    return seen_incidents(scope).filter(assigned_user_id=user_id, status__in=OPEN_INCIDENT)


def open_alerts_of(scope: Scope, user_id: uuid.UUID) -> ScopedQuerySet[Alert]:
    """The open alerts assigned to a user of the tenant. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    return seen_alerts(scope).filter(assigned_user_id=user_id, status__in=OPEN_ALERT)


def count_owned(scope: Scope | ManyScope, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many open incidents each of these users has, those with none left out. One statement.

    Raises Forbidden.
    """
    require(scope, Permission.INCIDENT_READ)
    rows = seen_incidents(scope).filter(assigned_user_id__in=list(user_ids), status__in=OPEN_INCIDENT)
    counted = rows.order_by().values("assigned_user_id").annotate(number=Count("id"))
    return {owner: number for owner, number in counted.values_list("assigned_user_id", "number") if owner}
