"""Addresses of the directory's pages."""

from django.urls import URLPattern, path

from tidegate.web.views import access, properties

urlpatterns: list[URLPattern] = [
    path("properties", properties.show_properties, name="properties"),
    path("properties/edit", properties.edit_properties, name="properties_edit"),
    path("access", access.show_access, name="access"),
    path("access/export", access.export_access, name="access_export"),
]
