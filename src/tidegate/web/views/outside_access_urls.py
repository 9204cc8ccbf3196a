"""Addresses of the pages about outside access."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
