"""Addresses of the pages about elevation."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
