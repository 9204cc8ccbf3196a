"""Addresses of the overview and of the customers."""

from django.urls import URLPattern, path, re_path

from tidegate.web.views import customers, overview

urlpatterns: list[URLPattern] = [
    path("", overview.show_overview, name="overview"),
    path("customers", customers.show_customers, name="customers"),
    re_path(r"^customers/export\.(?P<form>csv|ndjson)$", customers.export_customers, name="customers_export"),
]
