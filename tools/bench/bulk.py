"""Rows by the million into a table, past the product: COPY on PostgreSQL, plain inserts on SQLite.

Values are text, as both databases read it for any type; ids may be 32 hex digits, times have no zone and are
UTC, truth is 0 or 1.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Protocol

import psycopg
from psycopg import sql

type Row = tuple[str | None, ...]


class Bulk(Protocol):
    """A database that is being filled."""

    def one(self, table: str, column: str, where: str, value: str) -> str:
        """The value of one column in the one row where another has this value."""
        ...

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add these rows."""
        ...

    def without_indexes(self, *tables: str) -> contextlib.AbstractContextManager[None]:
        """Around writing much: indexes and constraints are taken away and made anew afterwards."""
        ...

    def analyze(self, *tables: str) -> None:
        """Let the planner know what there is, in these tables or in all."""
        ...


@contextlib.contextmanager
def open_bulk(database: str) -> Iterator[Bulk]:
    """A database by its PostgreSQL URL or its SQLite path; nothing else may write to it meanwhile."""
    if "://" in database:
        with psycopg.connect(database, autocommit=True, options="-c TimeZone=UTC") as connection:
            yield PostgresBulk(connection)
    else:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute("PRAGMA cache_size = -500000")
            yield SqliteBulk(file)


class PostgresBulk:
    """PostgreSQL."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection
        connection.execute("SET maintenance_work_mem = '1GB'")

    def one(self, table: str, column: str, where: str, value: str) -> str:
        """The value of one column in the one row where another has this value."""
        query = sql.SQL("SELECT {} FROM {} WHERE {} = %s").format(
            *map(sql.Identifier, (column, table, where))
        )
        found = self._connection.execute(query, (value,)).fetchone()
        return str(found[0] if found else "")

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add these rows."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self._connection.cursor() as cursor, cursor.copy(command) as copy:
            for some in batched(rows, 2_000):
                lines = ("\t".join([r"\N" if value is None else value for value in row]) for row in some)
                copy.write("\n".join(lines) + "\n")

    @contextlib.contextmanager
    def without_indexes(self, *tables: str) -> Iterator[None]:
        """Around writing much."""
        again = [command for table in tables for command in self._drop(table)]
        yield
        for command in again:
            self._connection.execute(command)

    def analyze(self, *tables: str) -> None:
        """Let the planner know what there is, and which pages everybody sees."""
        names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        for table in tables or [str(table) for (table,) in self._connection.execute(names).fetchall()]:
            self._connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))

    def _drop(self, table: str) -> list[bytes]:
        """Take a table's constraints and indexes away; gives the commands that make them anew."""
        constraints = self._connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'p') ORDER BY contype = 'f'",
            (table,),
        ).fetchall()
        named = sql.Identifier(table)
        again = [
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(named, sql.Identifier(str(name))).as_bytes()
            + str(definition).encode()
            for name, definition in constraints
        ]
        for name, _ in constraints:
            drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(named, sql.Identifier(str(name)))
            self._connection.execute(drop)
        indexes = self._connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", (table,)
        ).fetchall()
        for name, _ in indexes:
            self._connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(str(name))))
        return again + [str(definition).encode() for _, definition in indexes]


class SqliteBulk:
    """SQLite."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def one(self, table: str, column: str, where: str, value: str) -> str:
        """The value of one column in the one row where another has this value."""
        query = f'SELECT "{column}" FROM "{table}" WHERE "{where}" = ?'  # noqa: S608  names are ours
        return str(self._file.execute(query, (value,)).fetchone()[0])

    def write(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add these rows."""
        names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        self._file.execute("BEGIN")
        self._file.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)  # noqa: S608
        self._file.execute("COMMIT")

    @contextlib.contextmanager
    def without_indexes(self, *tables: str) -> Iterator[None]:
        """Around writing much; constraints stay, since they are of the table itself."""
        places = ", ".join("?" * len(tables))
        query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ({places})"  # noqa: S608
        indexes = [(name, made) for name, made in self._file.execute(query, tables) if made]
        for name, _ in indexes:
            self._file.execute(f'DROP INDEX "{name}"')
        yield
        for _, made in indexes:
            self._file.execute(made)

    def analyze(self, *tables: str) -> None:
        """Let the planner know what there is."""
        for table in tables or [""]:
            self._file.execute(f'ANALYZE "{table}"' if table else "ANALYZE")
