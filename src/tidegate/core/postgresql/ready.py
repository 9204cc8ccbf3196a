"""Statements that the server keeps ready, run through libpq itself.

The driver's cursor reads the SQL, looks for what it has prepared, and goes through a generator for each wait:
that costs more than the server's whole answer. What is asked all the time is prepared here once a connection,
and then sent by one call, which lets go of Python's lock while it waits.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from tidegate.core.postgresql.sent import Change

_PLACE: Final = re.compile(r"%(s|%)")
# A statement that the server does not know any more, or whose tables have changed since, runs once it is
# prepared anew; but within a transaction nothing runs after an error.
_FORGOTTEN: Final = frozenset({b"26000", b"0A000"})

_DONE: Final = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})

# A transaction as the server begins it, of which nothing more is said.
_PLAIN: Final = (None, None, None)

type Row = tuple[Any, ...]


class Ready:
    """The statements of one connection."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._names: dict[tuple[str, tuple[int, ...] | None], bytes] = {}

    def can_run(self) -> bool:
        """Whether a statement may go past the driver: no pooler stands between. Begins what is due."""
        connection = self._connection
        if connection.prepare_threshold is None:
            return False
        begin(connection)
        return connection.autocommit or connection.pgconn.transaction_status == TransactionStatus.INTRANS

    @property
    def names(self) -> Mapping[tuple[str, tuple[int, ...] | None], bytes]:
        """What is ready: by its SQL and the kinds of its values, under which name."""
        return self._names

    def prepare(self, sql: str, parameters: Sequence[Any]) -> None:
        """Make a statement ready for values like these. Raises psycopg.Error."""
        change = Transformer(self._connection)
        change.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        self._prepare(sql, change.types)

    def run(self, sql: str, parameters: Sequence[Any], *, is_planned_anew: bool = False) -> list[Row]:
        """The rows of a statement with `%s` for values. Raises psycopg.Error."""
        change = Transformer(self._connection)
        result = self._send(sql, parameters, change, is_planned_anew=is_planned_anew)
        change.set_pgresult(result)
        return change.load_rows(0, result.ntuples, tuple)

    def write(self, sql: str, parameters: Sequence[Any]) -> int:
        """How many rows a statement wrote. Raises psycopg.Error."""
        return self._send(sql, parameters, Transformer(self._connection)).command_tuples or 0

    def send(self, sql: str, parameters: Sequence[Any]) -> Change:
        """Have a statement run, and do not wait for it. Raises psycopg.Error."""
        change = Transformer(self._connection)
        values = change.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        name = self._names.get((sql, change.types)) or self._prepare(sql, change.types)
        return Change(self._connection, name, values, self._names.clear)

    def _send(
        self, sql: str, parameters: Sequence[Any], change: Any, *, is_planned_anew: bool = False
    ) -> PGresult:
        # As text, whatever it is: a number then fits every type that the server takes it for.
        values = change.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        if is_planned_anew:
            result = self._connection.pgconn.exec_params(_with_numbers(sql), values, change.types)
        else:
            result = self._execute(sql, change.types, values)
            if result.error_field(DiagnosticField.SQLSTATE) in _FORGOTTEN and self._is_idle():
                result = self._execute(sql, change.types, values)
        if result.status not in _DONE:
            raise error_from_result(result, self._connection.info.encoding)
        return result

    def _is_idle(self) -> bool:
        return self._connection.pgconn.transaction_status == TransactionStatus.IDLE

    def _execute(self, sql: str, types: tuple[int, ...] | None, values: Sequence[Any]) -> PGresult:
        name = self._names.get((sql, types)) or self._prepare(sql, types)
        result = self._connection.pgconn.exec_prepared(name, values)
        if result.status not in _DONE:
            self._names.clear()
        return result

    def _prepare(self, sql: str, types: tuple[int, ...] | None) -> bytes:
        name = b"ready_%d" % next(_numbers)
        result = self._connection.pgconn.prepare(name, _with_numbers(sql), types)
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result, self._connection.info.encoding)
        self._names[sql, types] = name
        return name


def begin(connection: "psycopg.Connection[Any]") -> None:
    """Send the BEGIN that is due, before something goes past the driver. Raises psycopg.Error.

    The driver sends one with the first statement of its own in a transaction, and sees from the connection's
    state that it has begun.
    """
    libpq = connection.pgconn
    if connection.autocommit or libpq.transaction_status != TransactionStatus.IDLE:
        return
    if (connection.isolation_level, connection.read_only, connection.deferrable) == _PLAIN:
        result = libpq.exec_(b"BEGIN")
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result, connection.info.encoding)
    else:
        connection.execute("SELECT 1")


_numbers: Final = count(1)


@lru_cache(maxsize=1024)
def _with_numbers(sql: str) -> bytes:
    """The statement with the server's own marks for values."""
    numbers = count(1)
    return _PLACE.sub(lambda found: f"${next(numbers)}" if found[1] == "s" else "%", sql).encode()
