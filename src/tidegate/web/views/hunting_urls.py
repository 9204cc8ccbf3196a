"""Addresses of hunting."""

from django.urls import URLPattern, path, re_path

from tidegate.web.views import hunting

urlpatterns: list[URLPattern] = [
    path("hunting", hunting.show, name="hunting"),
    re_path(r"^hunting/export\.(?P<form>csv|ndjson)$", hunting.export, name="hunting_export"),
]
