"""Django's entry for the room."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.directory"
