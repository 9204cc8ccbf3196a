"""By which ids programs know alerts and incidents, and which of those they may see."""

import uuid
from collections.abc import Collection

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.visibility import seen_alerts, seen_incidents


def alert_ids_on_the_wire(tenant_id: uuid.UUID, alert_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """By which ids programs know these alerts of one tenant; for readers of its record."""
    rows = Alert.objects.of_tenant(tenant_id).filter(id__in=alert_ids)
    return dict(rows.values_list("id", "external_id"))


def incident_ids_on_the_wire(
    tenant_id: uuid.UUID, incident_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """By which ids programs know these incidents of one tenant; for readers of its record."""
    rows = Incident.objects.of_tenant(tenant_id).filter(id__in=incident_ids)
    return {incident_id: str(number) for incident_id, number in rows.values_list("id", "number")}


def keep_seen_alerts(scope: Scope, wire_ids: Collection[str]) -> set[str]:
    """Of these alerts, by their ids on the wire, those that may be seen. Raises Forbidden."""
    require(scope, Permission.ALERT_READ)
    rows = seen_alerts(scope).filter(external_id__in=wire_ids)
    return set(rows.values_list("external_id", flat=True))


def keep_seen_incidents(scope: Scope, wire_ids: Collection[str]) -> set[str]:
    """Of these incidents, by their numbers, those that may be seen. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    numbers = {int(text) for text in wire_ids if text.isdecimal()}
    rows = seen_incidents(scope).filter(number__in=numbers)
    return {str(number) for number in rows.values_list("number", flat=True)}
