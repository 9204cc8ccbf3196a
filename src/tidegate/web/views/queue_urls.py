"""Addresses of the queue: incidents, alerts, devices, imports, what correlates; and Microsoft's spellings.

The counts of what is new stand beside the lists and not below them: below `/alerts/` everything
is an alert's id.
"""

from django.urls import URLPattern, path, re_path, register_converter

from tidegate.web.converters import ForeignId
from tidegate.web.views import (
    alert_changes,
    alerts,
    bulk,
    correlation,
    devices,
    imports,
    incident_changes,
    incidents,
    legacy_links,
    moving,
    queue_files,
    saved_views,
    sources,
    taking,
)

register_converter(ForeignId, "foreign_id")

urlpatterns: list[URLPattern] = [
    re_path(
        r"^(?P<what>incidents|alerts|devices)/export\.(?P<form>csv|ndjson)$",
        queue_files.export,
        name="queue_export",
    ),
    path("incidents", incidents.list_all, name="incidents"),
    path("newer/incidents", incidents.count_new, name="incidents_newer"),
    path("incidents/bulk", bulk.change, name="incidents_bulk"),
    path("incidents/next", taking.take_next, name="incidents_next"),
    path("incidents/bulk/undo", bulk.take_back, name="incidents_undo"),
    path("incidents/byalert", legacy_links.to_incident_of_alert, name="incident_by_alert"),
    path("incidents/<int:number>", incidents.show, name="incident"),
    path("incidents/<int:number>/move", moving.move, name="incident_move"),
    path("incidents/<int:number>/source", sources.send_incident, name="incident_source"),
    path("incidents/<int:number>/<slug:what>", incident_changes.change, name="incident_change"),
    path("alerts", alerts.list_all, name="alerts"),
    path("newer/alerts", alerts.count_new, name="alerts_newer"),
    path("sources/alerts/<foreign_id:alert_id>", sources.send_alert, name="alert_source"),
    path("alerts/<foreign_id:place>", alert_changes.show_or_change, name="alert"),
    path("devices", devices.list_all, name="devices"),
    path("devices/<uuid:device_id>", devices.show, name="device"),
    path("views", saved_views.save, name="saved_views"),
    path("views/<uuid:view_id>/delete", saved_views.delete, name="saved_view_delete"),
    path("imports", imports.list_or_start, name="imports"),
    path("imports/<uuid:run_id>", imports.show, name="import"),
    path("imports/<uuid:run_id>/progress", imports.show_progress, name="import_progress"),
    path("correlation", correlation.show, name="correlation"),
    path("homepage", legacy_links.to_overview),
    path("machines", legacy_links.to_devices),
    path("machines/<foreign_id:machine>", legacy_links.to_device),
    path("incident/<int:number>", legacy_links.to_incident),
    path("alert/<foreign_id:place>", legacy_links.to_alert),
]
