"""SQLite learns how tables are filled; PostgreSQL does so by itself."""

import pytest
from django.db import connection

from tests.cast import Cast
from tidegate.core.bulk import look_at_grown
from tidegate.core.jobs import look_at_tables
from tidegate.directory.models import Tenant, User

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL does so by itself")


def known() -> set[str]:
    """The tables of which the planner knows how they are filled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchall():
            return set()
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        return {table for (table,) in cursor.fetchall()}


def test_tables_that_have_grown_are_looked_at(cast: Cast) -> None:
    look_at_grown([User], 10)
    assert User._meta.db_table in known()


def test_all_tables_are_looked_at(cast: Cast) -> None:
    assert look_at_tables() is False
    assert {User._meta.db_table, Tenant._meta.db_table} <= known()
