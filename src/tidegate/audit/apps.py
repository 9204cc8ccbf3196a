"""Django's entry for the room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """See the package's own words."""

    name = "tidegate.audit"
