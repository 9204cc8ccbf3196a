"""Addresses of this part, below the version."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
