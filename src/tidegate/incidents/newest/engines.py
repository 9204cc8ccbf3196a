"""What PostgreSQL and SQLite say differently: how each row outside is joined with its own newest rows.

One contract for both: `tests/incidents/test_newest.py` compares every answer with the plain query's.
"""

from typing import Any, Final, Protocol

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from tidegate.incidents.newest.questions import REACHED


class Engine(Protocol):
    """How one database is asked. Rows found are called "newest"."""

    @property
    def probes(self) -> tuple[int, ...]:
        """How many of everybody's newest rows are looked at, one number after the other."""
        ...

    def select_row(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """What of the newest rows of one row outside is selected: all that is asked, or where it is found."""
        ...

    def join_each(self, outside: str, inner: str, table: str) -> str:
        """A FROM of each row outside with its newest ones."""
        ...

    def join_keys(self, keys: str, table: str) -> str:
        """A FROM of the rows of a table with these keys: not many, so the keys come first."""
        ...


class PostgreSQL:
    """A subquery in FROM may look at the rows beside it. It stops looking once a page is full."""

    probes = (4_000,)

    def select_row(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """The keys, and by what they are ordered."""
        return rows.values_list("tenant_id", "id", "created_at")

    def join_each(self, outside: str, inner: str, table: str) -> str:
        """A lateral join."""
        return f'{outside} "{REACHED}" CROSS JOIN LATERAL ({inner}) "newest"'

    def join_keys(self, keys: str, table: str) -> str:
        """A plain join: the planner knows how few keys there are."""
        return f'{keys} "newest" INNER JOIN "{table}" ON ({_same_key(table)})'


class SQLite:
    """A subquery in FROM may not, but one behind IN may: rows are found again by their rowid.

    It looks at all that it is given, so it is given little at first.
    """

    probes = (400, 4_000)

    def select_row(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """The rowid."""
        row = RawSQL(f'"{rows.model._meta.db_table}"."rowid"', ())  # noqa: S611  the name is ours
        found: QuerySet[Any, Any] = rows.annotate(found_at=row).values_list("found_at")
        return found

    def join_each(self, outside: str, inner: str, table: str) -> str:
        """CROSS JOIN keeps the order in which it stands, where JOIN would have the planner choose."""
        return f'{outside} "{REACHED}" CROSS JOIN "{table}" "newest" ON "newest"."rowid" IN ({inner})'

    def join_keys(self, keys: str, table: str) -> str:
        """The same."""
        return f'{keys} "newest" CROSS JOIN "{table}" ON ({_same_key(table)})'


def _same_key(table: str) -> str:
    return f'"{table}"."tenant_id" = "newest"."tenant_id" AND "{table}"."id" = "newest"."id"'


_POSTGRESQL: Final[Engine] = PostgreSQL()
_SQLITE: Final[Engine] = SQLite()


def choose_engine() -> Engine:
    """How the database in use is asked."""
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
