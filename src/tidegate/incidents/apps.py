"""Django's entry for the room."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.incidents"
