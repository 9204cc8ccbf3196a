"""Addresses of this part, below the version."""

from django.urls import URLPattern, path

from tidegate.graph.api import GOVERNANCE_API
from tidegate.graph.subscriptions import views

_serve = GOVERNANCE_API.serve

urlpatterns: list[URLPattern] = [
    path("subscriptions", _serve(get=views.list_all, post=views.create)),
    path("subscriptions/<str:key>", _serve(get=views.show, patch=views.change, delete=views.remove)),
]
