"""What differs by engine: templates of SQL, functions that SQLite is lent, and how a run is bounded."""

from tidegate.hunting.engines.engine import Engine
from tidegate.hunting.engines.postgresql import PostgreSQL
from tidegate.hunting.engines.sqlite import SQLite


def engine_of(vendor: str) -> Engine:
    """The engine of a Django connection's vendor."""
    return PostgreSQL() if vendor == "postgresql" else SQLite()
