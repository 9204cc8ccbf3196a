"""What to do about a row that is there already, in words that PostgreSQL and SQLite share."""

from collections.abc import Sequence


def write_conflict(key: Sequence[str], changed: Sequence[str]) -> str:
    """The end of an INSERT: rows with this key that are there get the new values of these columns."""
    names = ", ".join(f'"{column}"' for column in key)
    values = ", ".join(f'"{column}" = excluded."{column}"' for column in changed)
    return f" ON CONFLICT ({names}) DO UPDATE SET {values}"
