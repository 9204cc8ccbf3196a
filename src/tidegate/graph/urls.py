"""Graph's addresses. `beta` answers as `v1.0` does: scripts for security still ask for it."""

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from tidegate.core.errors import NotFound
from tidegate.graph.api import GOVERNANCE_API
from tidegate.oauth.endpoint import Call


def unknown(call: Call, rest: str) -> HttpResponseBase:
    """Refuse an address that is not served, to whoever has a token."""
    segment = rest.strip("/").rpartition("/")[2]
    raise NotFound(f"Resource not found for the segment '{segment[:100]}'.")


_unknown = GOVERNANCE_API.serve(get=unknown, post=unknown, patch=unknown, put=unknown, delete=unknown)

_version: list[URLPattern | URLResolver] = [
    path("", include("tidegate.graph.security.urls")),
    path("", include("tidegate.graph.directory.urls")),
    path("", include("tidegate.graph.entitlement.urls")),
    path("", include("tidegate.graph.audit.urls")),
    path("", include("tidegate.graph.subscriptions.urls")),
    path("<path:rest>", _unknown),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1.0/", include(_version)),
    path("beta/", include(_version)),
]
