"""Addresses of the overview and of the customers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
