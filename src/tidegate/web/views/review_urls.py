"""Addresses of the pages about review."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
