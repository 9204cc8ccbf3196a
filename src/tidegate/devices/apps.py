"""Django's entry for the room."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.devices"
