"""Addresses of this part, below the version."""

from django.urls import URLPattern, path

from tidegate.graph.api import SECURITY_API
from tidegate.graph.hunting import views

# The second is how OData calls an action by its whole name (Version 4.01, Part 2, section 4.5.2).
urlpatterns: list[URLPattern] = [
    path("security/runHuntingQuery", SECURITY_API.serve(post=views.run_query)),
    path("security/microsoft.graph.security.runHuntingQuery", SECURITY_API.serve(post=views.run_query)),
]
