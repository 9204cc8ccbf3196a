"""The portal's addresses. Each takes `?tid=`; URLs are nouns, a change of state is a sub-resource.

One list a theme, each beside the views it names.
"""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tidegate.web.views.directory_urls")),
    path("", include("tidegate.web.views.queue_urls")),
    path("", include("tidegate.web.views.overview_urls")),
]
