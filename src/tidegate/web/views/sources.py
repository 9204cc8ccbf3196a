"""The whole of what a source wrote, as a file: pages show no more of it than people read."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import NotFound
from tidegate.incidents.actions.changing import alert_target, incident_target
from tidegate.incidents.queries import get_alert, get_incident
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("incidents", Permission.INCIDENT_READ)
def send_incident(visit: Visit, number: int) -> HttpResponseBase:
    """An incident's source; NotFound where there is none to be seen."""
    incident = get_incident(visit.scope, number)
    visit.note_view("incident.viewed", incident_target(incident))
    return _attach(incident.raw, f"incident-{incident.number}.json")


@require_safe
@in_tenant("alerts", Permission.ALERT_READ)
def send_alert(visit: Visit, alert_id: str) -> HttpResponseBase:
    """An alert's source: one JSON text, or one a line where several detections were merged."""
    alert = get_alert(visit.scope, alert_id)
    visit.note_view("alert.viewed", alert_target(alert))
    return _attach(alert.raw, "alert.json")


def _attach(text: str, name: str) -> HttpResponse:
    if not text:
        # Made here, or withheld because it tells of devices hidden from the reader: the same answer.
        raise NotFound("There is no such source.")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)
