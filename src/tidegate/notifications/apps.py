"""Django's entry for the room."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.notifications"
