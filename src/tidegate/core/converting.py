"""What a column of a row becomes: Django's own converters, or quicker ones that give the same."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

type Step = Callable[[Any, Any, Any], Any]
type Converters = Sequence[tuple[int, Step, Any]]
"""Of each column by its place: a step, and the expression that the step is told of."""


def hasten(converters: Mapping[int, tuple[Sequence[Step], Any]]) -> Converters:
    """Django's own, with quicker ways to read what SQLite keeps as text."""
    return [
        (column, _QUICKER.get(getattr(step, "__name__", ""), step), expression)
        for column, (steps, expression) in converters.items()
        for step in steps
    ]


def convert(row: Sequence[Any], converters: Converters, engine: Any) -> list[Any]:
    """The values of a row."""
    values = list(row)
    for column, step, expression in converters:
        values[column] = step(values[column], expression, engine)
    return values


def _read_id(value: str | None, *_unused: object) -> uuid.UUID | None:
    return None if value is None else _known_id(value)


def _read_instant(value: str | datetime | None, *_unused: object) -> datetime | None:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC) if read else None


# An id is read once and not each time that it comes by.
_known_id: Final = lru_cache(maxsize=4096)(uuid.UUID)
# By the names of Django's own. Instants that are kept as text are UTC, and do not say so.
_QUICKER: Final[Mapping[str, Step]] = {
    "convert_uuidfield_value": _read_id,
    "convert_datetimefield_value": _read_instant,
}
