"""Addresses of the pages about access from outside, its ends, and who of us may enter whom."""

from django.urls import URLPattern, path

from tidegate.web.views import outside_access

urlpatterns: list[URLPattern] = [
    path("outside-access", outside_access.show_all, name="outside_access"),
    path("outside-access/stop", outside_access.stop_everybody, name="stop_all"),
    path(
        "outside-access/organizations/<uuid:home_tenant_id>/stop",
        outside_access.stop_home,
        name="stop_organization",
    ),
    path("outside-access/guests/<uuid:user_id>/stop", outside_access.stop_one, name="stop_guest"),
    path("outside-access/stops/<uuid:stop_id>/lift", outside_access.lift, name="stop_lift"),
]
