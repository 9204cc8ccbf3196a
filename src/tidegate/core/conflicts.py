"""Pieces of SQL that PostgreSQL and SQLite share: names of columns, what to do about a row that is there."""

from collections.abc import Sequence


def write_names(columns: Sequence[str]) -> str:
    """Columns by their names, one after the other."""
    return ", ".join(f'"{column}"' for column in columns)


def write_conflict(key: Sequence[str], changed: Sequence[str]) -> str:
    """The end of an INSERT: rows with this key that are there get the new values of these columns."""
    values = ", ".join(f'"{column}" = excluded."{column}"' for column in changed)
    return f" ON CONFLICT ({write_names(key)}) DO UPDATE SET {values}"
