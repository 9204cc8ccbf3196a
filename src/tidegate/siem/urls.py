"""The addresses of the SIEM API and of both Defender APIs; `api/v1.0` answers as `api` does."""

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from tidegate.authorization.api_permissions import Resource
from tidegate.core.errors import NotFound
from tidegate.feeds.words import Family
from tidegate.oauth.endpoint import Call
from tidegate.siem.api import serve
from tidegate.siem.defender import alerts, machines, related
from tidegate.siem.description.openapi import show_openapi
from tidegate.siem.detections import list_detections
from tidegate.siem.ledger import for_any_api
from tidegate.siem.which import choose
from tidegate.siem.xdr import incidents


def unknown(call: Call, rest: str) -> HttpResponseBase:
    """Refuse an address that is not served, to whoever is let in."""
    call.caller.open()
    raise NotFound(f"Resource not found for the segment '{rest[:100]}'.")


_ALERTS, _MACHINES = Family.DEFENDER_ALERTS, Family.DEFENDER_MACHINES
_siem = serve(Resource.SIEM, Family.SIEM, get=list_detections)
_list_alerts = serve(Resource.DEFENDER, _ALERTS, get=alerts.list_alerts)
_alert = serve(Resource.DEFENDER, _ALERTS, get=alerts.show, patch=(Family.DEFENDER_CHANGES, alerts.update))
_batch = serve(Resource.DEFENDER, Family.DEFENDER_BATCH, post=alerts.update_batch)
_create = serve(Resource.DEFENDER, Family.DEFENDER_CREATE, post=alerts.create_by_reference)
_tag_many = serve(Resource.DEFENDER, _MACHINES, post=machines.tag_many)
_unknown = serve(
    Resource.DEFENDER, _ALERTS, get=unknown, post=unknown, patch=unknown, put=unknown, delete=unknown
)

addresses: list[URLPattern | URLResolver] = [
    path("alerts", choose(_siem, _list_alerts)),
    # Microsoft's own sample asks for the singular.
    path("alert", _siem),
    path("alerts/batchUpdate", _batch),
    path("alerts/CreateAlertByReference", _create),
    path("alerts/createAlertByReference", _create),
    path("alerts/<str:external_id>", _alert),
    path("alerts/<str:external_id>/machine", serve(Resource.DEFENDER, _ALERTS, get=related.show_machine_of)),
    path("alerts/<str:external_id>/files", serve(Resource.DEFENDER, _ALERTS, get=related.list_files_of)),
    path("alerts/<str:external_id>/ips", serve(Resource.DEFENDER, _ALERTS, get=related.list_ips_of)),
    path("alerts/<str:external_id>/domains", serve(Resource.DEFENDER, _ALERTS, get=related.list_domains_of)),
    path("alerts/<str:external_id>/user", serve(Resource.DEFENDER, _ALERTS, get=related.show_user_of)),
    path("machines", serve(Resource.DEFENDER, _MACHINES, get=machines.list_machines)),
    path("machines/AddOrRemoveTagForMultipleMachines", _tag_many),
    path("machines/<str:machine_id>", serve(Resource.DEFENDER, _MACHINES, get=machines.show)),
    path("machines/<str:machine_id>/tags", serve(Resource.DEFENDER, _MACHINES, post=machines.tag)),
    path("machines/<str:machine_id>/alerts", serve(Resource.DEFENDER, _MACHINES, get=machines.list_alerts)),
    path("incidents", serve(Resource.DEFENDER_XDR, Family.DEFENDER_XDR, get=incidents.list_incidents)),
    path(
        "incidents/<str:incident_id>",
        serve(Resource.DEFENDER_XDR, Family.DEFENDER_XDR, get=incidents.show, patch=incidents.update),
    ),
    path("feeds", for_any_api()),
    path("openapi.json", show_openapi),
    path("<path:rest>", _unknown),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1.0/", include(addresses)),
    path("api/", include(addresses)),
]
