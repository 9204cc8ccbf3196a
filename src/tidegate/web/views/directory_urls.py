"""Addresses of the directory's pages."""

from django.urls import URLPattern, path

from tidegate.web.views import properties

urlpatterns: list[URLPattern] = [
    path("properties", properties.show_properties, name="properties"),
    path("properties/edit", properties.edit_properties, name="properties_edit"),
]
