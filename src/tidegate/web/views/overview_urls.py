"""Addresses of the overview and of the customers."""

from django.urls import URLPattern, path

from tidegate.web.views import customers, overview

urlpatterns: list[URLPattern] = [
    path("", overview.show_overview, name="overview"),
    path("customers", customers.show_customers, name="customers"),
]
