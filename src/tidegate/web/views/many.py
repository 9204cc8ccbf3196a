"""The queue over several tenants: incidents, alerts and devices of `tid=all` and `tid=group:<name>`."""

from collections.abc import Sequence

from django.http import HttpResponse

from tidegate.authorization.permissions import Permission
from tidegate.devices.queries import page_devices, read_device_filter
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.queries import page_alerts, page_incidents
from tidegate.incidents.queue import (
    count_open_alerts_on,
    count_views,
    newest_alert_id,
    newest_incident_id,
)
from tidegate.incidents.words import AlertStatus, IncidentStatus
from tidegate.web.device_rows import describe_device_list, read_given
from tidegate.web.many_tenants import tenant_menu
from tidegate.web.many_visit import ManyVisit, badges_of
from tidegate.web.queue.bulk import ACTIONS
from tidegate.web.queue.due import find_due
from tidegate.web.queue.list_page import describe_many
from tidegate.web.queue.rows import Badges, alert_rows, incident_rows
from tidegate.web.queue.state import read_state
from tidegate.web.queue.views import alert_segments, incident_segments
from tidegate.web.visit import Visit


def list_incidents_of(visit: ManyVisit) -> HttpResponse:
    """Incidents of every tenant in which they may be read."""
    state, scope = read_state(visit, "incidents", IncidentStatus), visit.scope
    page = page_incidents(scope, state.chosen, state.cursor)
    shown = visit.find_users(incident.tenant_id for incident in page.rows)
    visit.note_view("incidents.viewed", shown)
    counts = count_views(scope, visit.scope_of(Permission.ALERT_READ))
    rows = incident_rows(scope, page.rows, badges_of(shown), find_due(scope.actor, page.rows))
    context = {
        **describe_many(visit, state, page, newest_incident_id(scope), shown),
        "rows": rows,
        "has_due": any(row.due for row in rows),
        "segments": incident_segments(state, counts),
        "actions": list(ACTIONS.values()),
        "can_take": True,
    }
    return visit.render("web/incidents/list.html", context, open_now=counts.open)


def list_alerts_of(visit: ManyVisit) -> HttpResponse:
    """Alerts of every tenant in which they may be read."""
    state, scope = read_state(visit, "alerts", AlertStatus), visit.scope
    page = page_alerts(scope, state.chosen, state.cursor)
    shown = visit.find_users(alert.tenant_id for alert in page.rows)
    visit.note_view("alerts.viewed", shown)
    context = {
        **describe_many(visit, state, page, newest_alert_id(scope), shown),
        "rows": alert_rows(scope, page.rows, badges_of(shown)),
        "segments": alert_segments(state),
    }
    return visit.render("web/alerts/list.html", context)


def badges_for(visit: Visit | ManyVisit, rows: Sequence[Incident | Alert]) -> Badges | None:
    """The tenants of rows as a list over several shows them; None for a list of one tenant."""
    if isinstance(visit, Visit):
        return None
    return badges_of(visit.find_users({row.tenant_id for row in rows}))


def list_devices_of(visit: ManyVisit) -> HttpResponse:
    """Devices of every tenant in which they may be read."""
    given = read_given(visit.request.GET)
    chosen = read_device_filter(given)
    page = page_devices(visit.scope, chosen, visit.request.GET.get("cursor", ""))
    shown = visit.find_users(device.tenant_id for device in page.rows)
    visit.note_view("devices.viewed", shown)
    counts = count_open_alerts_on(visit.scope_of(Permission.ALERT_READ), page.rows)
    narrowed = [chosen.tenant_id] if chosen.tenant_id else []
    own_link = visit.link("devices", **{**given, "tenant": ""})
    context = {
        **describe_device_list(visit, given, page, counts, badges_of(shown)),
        "tenants": tenant_menu(visit, shown, narrowed, own_link),
    }
    return visit.render("web/devices/list.html", context)
