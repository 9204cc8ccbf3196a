"""Addresses of this part, below the version."""

from django.urls import URLPattern, path

from tidegate.graph.api import GOVERNANCE_API
from tidegate.graph.audit import events, sign_ins

_serve = GOVERNANCE_API.serve

urlpatterns: list[URLPattern] = [
    path("auditLogs/directoryAudits", _serve(get=events.list_all)),
    path("auditLogs/directoryAudits/$count", _serve(get=events.count_all)),
    path("auditLogs/directoryAudits/<str:key>", _serve(get=events.show)),
    path("auditLogs/signIns", _serve(get=sign_ins.list_all)),
    path("auditLogs/signIns/<str:key>", _serve(get=sign_ins.show)),
]
