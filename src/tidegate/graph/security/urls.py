"""Addresses of this part, below the version."""

from django.urls import URLPattern, path

from tidegate.graph.api import SECURITY_API
from tidegate.graph.security import alerts, incidents

_serve = SECURITY_API.serve
_alert, _incident = "security/alerts_v2/<str:alert_id>", "security/incidents/<str:incident_id>"

urlpatterns: list[URLPattern] = [
    path("security/alerts_v2", _serve(get=alerts.list_alerts, post=alerts.push)),
    path("security/alerts_v2/$count", _serve(get=alerts.count_alerts)),
    path(_alert, _serve(get=alerts.show_alert, patch=alerts.patch_alert)),
    path(f"{_alert}/comments", _serve(post=alerts.add_comments)),
    path(f"{_alert}/comments/$count", _serve(get=alerts.count_comments)),
    path("security/incidents", _serve(get=incidents.list_incidents)),
    path("security/incidents/$count", _serve(get=incidents.count_incidents)),
    path(_incident, _serve(get=incidents.show_incident, patch=incidents.patch_incident)),
    path(f"{_incident}/comments", _serve(post=incidents.add_comments)),
    path(f"{_incident}/alerts", _serve(get=incidents.list_alerts_of)),
    path(f"{_incident}/alerts/$count", _serve(get=incidents.count_alerts_of)),
    path(f"{_incident}/alerts/<str:alert_id>", _serve(get=incidents.show_alert_of)),
    path(f"{_incident}/alerts/<str:alert_id>/comments", _serve(post=incidents.add_alert_comments_of)),
]
