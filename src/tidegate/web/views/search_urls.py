"""Addresses of looking things up."""

from django.urls import URLPattern, path

from tidegate.web.views import many_tenants, search, sightings, switcher

urlpatterns: list[URLPattern] = [
    path("search", search.show, name="search"),
    path("search/jump", search.jump, name="search_jump"),
    path("switcher", switcher.list_directories, name="switcher"),
    path("tenants", many_tenants.find_tenants, name="tenants_find"),
    path("sightings", sightings.show, name="sightings"),
    path("sightings/advisory", sightings.advise, name="sightings_advisory"),
]
