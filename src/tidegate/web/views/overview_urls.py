"""Addresses of the overview and of the customers."""

from django.urls import URLPattern, path

from tidegate.web.views import customers, overview

urlpatterns: list[URLPattern] = [
    path("", overview.show_overview, name="overview"),
    path("customers", customers.show_customers, name="customers"),
    path("customers/export.csv", customers.export_customers, name="customers_export"),
]
