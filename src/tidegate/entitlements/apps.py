"""Django's entry for the room."""

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.entitlements"
