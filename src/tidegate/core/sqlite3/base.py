"""The engine: a writing transaction waits for its turn among this process's, then for the other processes.

SQLite itself only looks again, every tenth of a second in the end, whether nobody writes: among several who
write all the time, one may find somebody there each time it looks. In line, one thread of a process looks,
and often.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, lru_cache
from sqlite3 import OperationalError
from typing import Any, Final

from django.db import transaction
from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError as DatabaseLocked

from tidegate.core.conflicts import write_conflict, write_names
from tidegate.core.sqlite3.line import Line
from tidegate.core.sqlite3.turns import Turn

_LOOKS_FOR: Final = 5
"""Milliseconds in which SQLite looks twice; then it is asked anew."""

_LOOKED_AT: Final = 1_000
"""Rows of an index."""

_turns: Final[defaultdict[str, Turn]] = defaultdict(Turn)


def _read_instant(text: bytes) -> datetime:
    """What a column of instants holds: they are kept as UTC, and do not say so."""
    return datetime.fromisoformat(f"{text.decode()}+00:00")


# Django's own gives them without a zone, and puts one on each of them later.
sqlite3.register_converter("datetime", _read_instant)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn for each writing transaction.

    The ignored types: Django's stubs leave out what engines are made of.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._turn: Turn | None = None

    def run_prepared(self, sql: str, parameters: list[Any], **_planning: bool) -> list[tuple[Any, ...]]:
        """The rows of a statement that SQLite keeps compiled; `%s` stands for values, as in Django's SQL."""
        rows: list[tuple[Any, ...]] = self.connection.execute(_with_marks(sql), parameters).fetchall()
        return rows

    def open_line(self, _asked: object) -> Callable[[object], Line]:
        """Make this a connection of the loop's (`core.unwaiting`): the second half is for the loop to do."""
        self.connection.execute("PRAGMA busy_timeout = 0")
        self.connection.execute("PRAGMA query_only = ON")
        return lambda _: Line(self)

    def write_prepared(self, sql: str, parameters: list[Any]) -> int:
        """How many rows were written by a statement that is kept compiled likewise."""
        written: int = self.connection.execute(_with_marks(sql), parameters).rowcount
        return written

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], **_waits: bool
    ) -> None:
        """Insert these rows. There is no other process to leave it to."""
        with self.cursor() as cursor:
            cursor.executemany(_write_insert(table, tuple(columns)), list(rows))

    def check_at_once(self) -> None:
        """Nothing: SQLite counts what is amiss as it writes, and at the end only looks at the count."""

    def look_at_grown(self, tables: Sequence[str], _rows: int) -> None:
        """Look at some rows of each index of these tables: a few milliseconds.

        Of a table that it never looked at SQLite believes that a tenant has ten rows, and reads all of them.
        """
        self._look([f'ANALYZE "{table}"' for table in tables])

    def look_at_all(self) -> None:
        """The same of all tables: nobody else does."""
        self._look(["ANALYZE"])

    def _look(self, statements: Sequence[str]) -> None:
        with transaction.atomic(), self.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {_LOOKED_AT}")
            for statement in statements:
                cursor.execute(statement)

    def update_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        key: Sequence[str],
        **_waits: bool,
    ) -> None:
        """Write the columns of the rows with these keys, which come last."""
        changes = ", ".join(f'"{name}" = %s' for name in columns if name not in key)
        found = " AND ".join(f'"{name}" = %s' for name in key)
        with self.cursor() as cursor:
            cursor.executemany(f'UPDATE "{table}" SET {changes} WHERE {found}', list(rows))  # noqa: S608

    def upsert_rows(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[tuple[Any, ...]],
        key: Sequence[str],
        changed: Sequence[str],
    ) -> None:
        """Insert these rows; of those whose key is there, write some columns."""
        sql = _write_insert(table, tuple(columns)) + write_conflict(key, changed)
        with self.cursor() as cursor:
            cursor.executemany(sql, list(rows))

    def _start_transaction_under_autocommit(self) -> None:
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))
        ends = time.monotonic() + patience
        turn = _turns[str(self.settings_dict["NAME"])]
        if not turn.take(patience):
            raise DatabaseLocked("database is locked")
        self._turn = turn
        try:
            self._begin(ends, patience)
        except BaseException:
            self._hand_on()
            raise

    def _begin(self, ends: float, patience: float) -> None:
        connection = self.connection
        connection.execute(f"PRAGMA busy_timeout={_LOOKS_FOR}")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]
                except DatabaseLocked as error:
                    if not _is_busy(error) or time.monotonic() >= ends:
                        raise
                else:
                    return
        finally:
            connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._hand_on()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._hand_on()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.hand_on()


@lru_cache(maxsize=1024)
def _with_marks(sql: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%")


@cache
def _write_insert(table: str, columns: tuple[str, ...]) -> str:
    return f'INSERT INTO "{table}" ({write_names(columns)}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608


def _is_busy(error: DatabaseLocked) -> bool:
    cause = error.__cause__
    return isinstance(cause, OperationalError) and cause.sqlite_errorname.startswith("SQLITE_BUSY")
