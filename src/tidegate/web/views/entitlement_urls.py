"""Addresses of the pages about entitlement."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
