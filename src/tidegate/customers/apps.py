"""Django's entry for the room."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.customers"
