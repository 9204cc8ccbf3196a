"""What a run gives: columns with their types, and rows whose values are ready for JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from tidegate.hunting.compiling.relations import Column
from tidegate.hunting.engines.texts import format_span
from tidegate.hunting.errors import TOO_LONG, QueryTooCostly
from tidegate.hunting.kinds import Kind

type Row = tuple[Any, ...]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns by name and type, and rows. `is_cut` says that there were more rows than may be given.

    Instants are RFC 3339 in UTC, spans of time as Kusto writes them, dynamic values are values.
    """

    columns: tuple[tuple[str, Kind], ...]
    rows: list[Row]
    is_cut: bool
    chart: str

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [name for name, _ in self.columns]

    def objects(self) -> Iterable[dict[str, Any]]:
        """The rows by the names of their columns."""
        names = self.names
        return (dict(zip(names, row, strict=True)) for row in self.rows)


def read_rows(columns: Sequence[Column], rows: Iterable[Row], most_rows: int, most_bytes: int) -> list[Row]:
    """The rows with each value as answers give it, one more than the most at most. Raises QueryTooCostly."""
    readers = [_READERS[column.kind] for column in columns]
    found: list[Row] = []
    size = 0
    for row in rows:
        read = tuple(reader(value) for reader, value in zip(readers, row, strict=True))
        size += len(msgspec.json.encode(read))
        if size > most_bytes:
            most = f"{most_bytes // 1_000_000} MB"
            raise QueryTooCostly(
                f"The result is larger than {most}; project fewer columns, or take fewer rows."
            )
        found.append(read)
        if len(found) > most_rows:
            break
    return found


def _read_long(value: Any) -> int | None:
    if isinstance(value, float):
        # What SQLite makes of a whole number that is none any more; PostgreSQL refuses it.
        raise QueryTooCostly(TOO_LONG)
    return value  # type: ignore[no-any-return]


def _read_real(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if abs(number) < float("inf") else None


def _read_instant(value: Any) -> str | None:
    if value is None:
        return None
    try:
        moment = _EPOCH + timedelta(microseconds=_read_long(value) or 0)
    except OverflowError:
        return None
    return moment.isoformat().replace("+00:00", "Z")


def _read_span(value: Any) -> str | None:
    return None if value is None else format_span(_read_long(value))


_READERS: Final[Mapping[Kind, Callable[[Any], Any]]] = MappingProxyType(
    {
        Kind.STRING: lambda value: value or "",
        Kind.LONG: _read_long,
        Kind.REAL: _read_real,
        Kind.BOOL: lambda value: None if value is None else bool(value),
        Kind.DATETIME: _read_instant,
        Kind.TIMESPAN: _read_span,
        Kind.DYNAMIC: lambda value: None if value is None else msgspec.json.decode(value),
    }
)
