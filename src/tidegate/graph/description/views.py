"""The documents themselves. They tell nothing of anybody, so that tools read them without a token."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tidegate.graph.answers import answer_value
from tidegate.graph.description.metadata import write_metadata
from tidegate.graph.description.openapi import write_openapi
from tidegate.graph.description.parts import PARTS


@require_safe
def show_service(request: HttpRequest) -> HttpResponse:
    """What there is at the root (OData JSON Format 4.01, section 5)."""
    root = request.build_absolute_uri(request.path.rstrip("/"))
    value = [
        {"name": path, "kind": kind, "url": path}
        for part in PARTS
        for kind, paths in (("EntitySet", part.sets), ("Singleton", part.singletons))
        for path in paths
        if "/" not in path
    ]
    return answer_value({"@odata.context": f"{root}/$metadata", "value": value})


@require_safe
def show_metadata(request: HttpRequest) -> HttpResponse:
    """The schema."""
    return HttpResponse(write_metadata(), content_type="application/xml", headers={"OData-Version": "4.0"})


@require_safe
def show_openapi(request: HttpRequest) -> HttpResponse:
    """The description."""
    return HttpResponse(write_openapi(), content_type="application/json")
