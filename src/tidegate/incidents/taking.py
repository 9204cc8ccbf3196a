"""What waits most: the open incidents without an owner that somebody may take, most urgent first."""

from typing import Final

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.incidents.models import Incident
from tidegate.incidents.visibility import seen_incidents
from tidegate.incidents.words import OPEN_INCIDENT

TRIED_AT_MOST: Final = 50


def list_waiting(reading: Scope | ManyScope, assigning: Scope | ManyScope) -> list[Incident]:
    """Open incidents without an owner where both may be done, the worst first and of those the oldest.

    The first `TRIED_AT_MOST`. Of one tenant both are its scope. Raises Forbidden.
    """
    require(reading, Permission.INCIDENT_READ)
    require(assigning, Permission.INCIDENT_ASSIGN)
    rows = seen_incidents(reading).filter(
        assigning.restrict("tenant_id"),
        status__in=OPEN_INCIDENT,
        assigned_to="",
        assigned_user_id__isnull=True,
    )
    light = rows.defer("raw", "extra", "description", "source_hashes")
    return list(light.order_by("-severity", "created_at", "id")[:TRIED_AT_MOST])
