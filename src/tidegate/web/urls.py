"""The portal's addresses. Each takes `?tid=`; URLs are nouns, a change of state is a sub-resource.

One list a theme, each beside the views it names.
"""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from tidegate.web.views import gallery

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tidegate.web.views.directory_urls")),
    path("", include("tidegate.web.views.queue_urls")),
    path("", include("tidegate.web.views.hunting_urls")),
    path("", include("tidegate.web.views.overview_urls")),
    path("", include("tidegate.web.views.search_urls")),
    path("", include("tidegate.web.views.live_urls")),
    path("", include("tidegate.web.views.customer_urls")),
    path("", include("tidegate.web.views.entitlement_urls")),
    path("", include("tidegate.web.views.my_access_urls")),
    path("", include("tidegate.web.views.review_urls")),
    path("", include("tidegate.web.views.outside_access_urls")),
    path("", include("tidegate.web.views.elevation_urls")),
    path("", include("tidegate.web.views.application_urls")),
    path("", include("tidegate.web.views.siem_urls")),
    path("", include("tidegate.web.views.notification_urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("gallery", gallery.show_gallery, name="gallery"))
