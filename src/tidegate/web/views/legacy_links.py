"""Addresses of Microsoft's portal, for links in old mails and tickets: each leads to the page here.

They lead only within this portal, and to pages that ask the gate themselves.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.devices.queries import find_machine
from tidegate.incidents.queries import get_alert
from tidegate.web.visit import Visit, in_tenant


@require_safe
def to_overview(request: HttpRequest) -> HttpResponseBase:
    """`/homepage`."""
    return _lead(request, reverse("overview"))


@require_safe
def to_devices(request: HttpRequest) -> HttpResponseBase:
    """`/machines`."""
    return _lead(request, reverse("devices"))


@require_safe
def to_incident(request: HttpRequest, number: int) -> HttpResponseBase:
    """`/incident/<number>`."""
    return _lead(request, reverse("incident", args=[number]))


@require_safe
def to_alert(request: HttpRequest, place: str) -> HttpResponseBase:
    """`/alert/<id>`."""
    return _lead(request, reverse("alert", args=[place]))


@require_safe
@in_tenant("devices", Permission.DEVICE_READ)
def to_device(visit: Visit, machine: str) -> HttpResponseBase:
    """`/machines/<id>`: the device that Defender or Entra knows by this id. Raises NotFound."""
    device = find_machine(visit.scope, machine)
    if device is None:
        raise NotFound("There is no such device.")
    return _lead(visit.request, reverse("device", args=[device.id]))


@require_safe
@in_tenant("incidents", Permission.INCIDENT_READ)
def to_incident_of_alert(visit: Visit) -> HttpResponseBase:
    """`/incidents/byalert?alertId=`: the incident to which an alert belongs. Raises NotFound."""
    alert_id = visit.request.GET.get("alertId", "")
    if not alert_id:
        raise InvalidInput(fields={"alertId": "must name an alert"})
    alert = get_alert(visit.scope, alert_id)
    return _lead(visit.request, reverse("incident", args=[alert.incident.number]))


def _lead(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """To a path of ours, with all that the address carried."""
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    return HttpResponseRedirect(f"{path}?{urlencode(pairs)}" if pairs else path)
