"""Addresses of the queue: incidents, alerts, devices, imports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
