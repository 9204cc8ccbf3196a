"""Every component with sample data, for those who write pages; addressed only while debugging."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tidegate.web.gallery import gallery_context


@require_safe
def show_gallery(request: HttpRequest) -> HttpResponse:
    """The patterns of docs/pages.md."""
    return render(request, "web/gallery.html", gallery_context())
