"""What the queue knows of one device."""

from django.db.models import QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.devices.models import Device
from tidegate.incidents.models import Incident
from tidegate.incidents.visibility import seen_evidence, seen_incidents


def incidents_on(scope: Scope, device: Device) -> QuerySet[Incident]:
    """The incidents with an alert that names a device, newest first. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    named = seen_evidence(scope).filter(device_id=device.id)
    rows = seen_incidents(scope).filter(id__in=named.values("alert__incident_id"))
    return rows.defer("raw", "extra", "description").order_by("-created_at", "-id")
