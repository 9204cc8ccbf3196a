"""What a database wants done now and then."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def look_at_tables() -> bool:
    """Let the database find out how its tables are filled, where it does not by itself."""
    engine: Any = connections[DEFAULT_DB_ALIAS]
    engine.look_at_all()
    return False
