"""Addresses of looking things up."""

from django.urls import URLPattern, path

from tidegate.web.views import search, sightings

urlpatterns: list[URLPattern] = [
    path("search", search.show, name="search"),
    path("sightings", sightings.show, name="sightings"),
    path("sightings/advisory", sightings.advise, name="sightings_advisory"),
]
