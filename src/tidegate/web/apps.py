"""Django's entry for the room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.web"
