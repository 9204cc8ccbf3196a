"""The rows that alerts became, written again into the same tables: COPY on PostgreSQL, inserts on SQLite.

What a database needs to take them in, with their indexes and until they are on the disk, and nothing else.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql

# Everything that grows with what comes in, and on SQLite the words by which it is found.
TABLES: Final = (
    "devices_device",
    "devices_identity",
    "incidents_incident",
    "incidents_alert",
    "incidents_evidence",
    "incidents_indicator",
    "incidents_detection",
    "incidents_correlationkey",
    "incidents_correlation",
    "incidents_comment",
)
_WORDS: Final = ("incidents_words", ("rowid", "object", "tenant", "words"))


class Written(Protocol):
    """The rows of an installation, out of its tables."""

    def empty(self) -> None:
        """Take them all away."""
        ...

    def write(self, transactions: int = 1) -> float:
        """Write them all again, in so many transactions; the seconds that took."""
        ...


@contextlib.contextmanager
def read_rows(database: str) -> Iterator[Written]:
    """All rows of a database by its PostgreSQL URL or its SQLite path."""
    if "://" in database:
        with psycopg.connect(database) as connection:
            yield _Copied(connection)
    else:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as file:
            # As the product's own engine.
            file.execute("PRAGMA synchronous = FULL")
            file.execute("PRAGMA foreign_keys = ON")
            file.execute("PRAGMA cache_size = -65536")
            yield _Inserted(file)


class _Copied:
    """Of PostgreSQL, as the lines that COPY reads."""

    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection
        self._rows = {table: self._read(table) for table in TABLES}
        connection.commit()

    def empty(self) -> None:
        """Take them all away."""
        names = sql.SQL(", ").join(map(sql.Identifier, TABLES))
        self._connection.execute(sql.SQL("TRUNCATE {}").format(names))
        self._connection.commit()

    def write(self, transactions: int = 1) -> float:
        """Write them all again."""
        parts = list(_divide(self._rows, transactions))
        begun = time.perf_counter()
        for part in parts:
            for table, lines in part:
                with self._connection.cursor() as cursor, cursor.copy(_copy(table, "FROM STDIN")) as copy:
                    copy.write(b"".join(lines))
            self._connection.commit()
        return time.perf_counter() - begun

    def _read(self, table: str) -> list[bytes]:
        with self._connection.cursor() as cursor, cursor.copy(_copy(table, "TO STDOUT")) as copy:
            return list(map(bytes, copy))


class _Inserted:
    """Of SQLite, as its own values."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._columns = {table: self._list_columns(table) for table in TABLES} | dict([_WORDS])
        self._rows = {table: self._read(table) for table in self._columns}

    def empty(self) -> None:
        """Take them all away."""
        self._file.execute("PRAGMA foreign_keys = OFF")
        for table in self._columns:
            self._file.execute(f'DELETE FROM "{table}"')  # noqa: S608  names are ours
        self._file.execute("PRAGMA foreign_keys = ON")

    def write(self, transactions: int = 1) -> float:
        """Write them all again."""
        parts = list(_divide(self._rows, transactions))
        begun = time.perf_counter()
        for part in parts:
            self._file.execute("BEGIN IMMEDIATE")
            for table, rows in part:
                columns = self._columns[table]
                places = ", ".join("?" * len(columns))
                self._file.executemany(
                    f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({places})',  # noqa: S608
                    rows,
                )
            self._file.execute("COMMIT")
        return time.perf_counter() - begun

    def _list_columns(self, table: str) -> tuple[str, ...]:
        return tuple(f'"{row[1]}"' for row in self._file.execute(f'PRAGMA table_info("{table}")'))

    def _read(self, table: str) -> list[Any]:
        names = ", ".join(self._columns[table])
        return self._file.execute(f'SELECT {names} FROM "{table}"').fetchall()  # noqa: S608


def _copy(table: str, where: str) -> sql.Composed:
    return sql.SQL("COPY {} " + where).format(sql.Identifier(table))


def _divide(rows: dict[str, list[Any]], parts: int) -> Iterator[list[tuple[str, Sequence[Any]]]]:
    """So many shares of every table, in the tables' order; what a share has nothing of is left out."""
    for number in range(parts):
        shares = (
            (table, all_of_it[len(all_of_it) * number // parts : len(all_of_it) * (number + 1) // parts])
            for table, all_of_it in rows.items()
        )
        yield [(table, share) for table, share in shares if share]
