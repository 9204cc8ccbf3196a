"""Graph's addresses. `beta` answers as `v1.0` does: scripts for security still ask for it."""

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path

from tidegate.core.errors import NotFound
from tidegate.graph.api import GOVERNANCE_API
from tidegate.graph.batch.running import run_batch
from tidegate.graph.description.views import show_metadata, show_openapi, show_service
from tidegate.oauth.endpoint import Call


def unknown(call: Call, rest: str) -> HttpResponseBase:
    """Refuse an address that is not served, to whoever has a token."""
    segment = rest.strip("/").rpartition("/")[2]
    raise NotFound(f"Resource not found for the segment '{segment[:100]}'.")


_unknown = GOVERNANCE_API.serve(get=unknown, post=unknown, patch=unknown, put=unknown, delete=unknown)

_version: list[URLPattern | URLResolver] = [
    path("$batch", GOVERNANCE_API.serve(post=run_batch)),
    path("$metadata", show_metadata),
    path("openapi.json", show_openapi),
    path("", include("tidegate.graph.security.urls")),
    path("", include("tidegate.graph.hunting.urls")),
    path("", include("tidegate.graph.directory.urls")),
    path("", include("tidegate.graph.entitlement.urls")),
    path("", include("tidegate.graph.audit.urls")),
    path("", include("tidegate.graph.subscriptions.urls")),
    re_path(r"^(?P<rest>[\s\S]*)$", _unknown),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1.0", show_service),
    path("beta", show_service),
    path("v1.0/", include(_version)),
    path("beta/", include(_version)),
]
