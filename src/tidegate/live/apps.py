"""Django's entry for the room."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.live"
