"""Addresses of the pages about my access."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
