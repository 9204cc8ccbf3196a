"""Which room answers which address."""

from django.urls import URLPattern, URLResolver, include, path

from tidegate.accounts.views.limits import too_many_requests
from tidegate.web.errors import bad_request, forbidden, page_not_found, server_error

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tidegate.graph.urls")),
    path("", include("tidegate.siem.urls")),
    path("", include("tidegate.oauth.urls")),
    path("", include("tidegate.accounts.urls")),
    path("", include("tidegate.web.urls")),
]

handler400 = bad_request
handler403 = forbidden
handler404 = page_not_found
handler429 = too_many_requests
handler500 = server_error
