"""Django's entry for the room."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Ground for the other rooms."""

    name = "tidegate.core"
