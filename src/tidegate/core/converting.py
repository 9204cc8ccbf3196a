"""What a column of a row becomes: Django's own converters, or quicker ones that give the same."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Final

import msgspec
from django.db.models import JSONField
from django.db.models.expressions import Col

type Step = Callable[[Any, Any, Any], Any]
type Converters = Sequence[tuple[int, Step, Any]]
"""Of each column by its place: a step, and the expression that the step is told of."""


def hasten(converters: Mapping[int, tuple[Sequence[Step], Any]]) -> Converters:
    """Django's own, with quicker ways to read what SQLite keeps as text, and what both keep as JSON."""
    return [
        (column, _hasten(step, expression), expression)
        for column, (steps, expression) in converters.items()
        for step in steps
    ]


def convert(row: Sequence[Any], converters: Converters, engine: Any) -> list[Any]:
    """The values of a row."""
    values = list(row)
    for column, step, expression in converters:
        values[column] = step(values[column], expression, engine)
    return values


def _hasten(step: Step, expression: Any) -> Step:
    field = getattr(step, "__self__", None)
    # Of a member within a JSON text there may be something else.
    if isinstance(field, JSONField) and field.decoder is None and isinstance(expression, Col):
        return partial(_read_json, step)
    return _QUICKER.get(getattr(step, "__name__", ""), step)


def _read_json(step: Step, value: str | None, expression: Any, engine: Any) -> Any:
    # Most lists in a row are empty, and each reader gets its own.
    if value == "[]":
        return []
    if value is None:
        return None
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError):
        # Numbers beyond all bounds, and halves of a pair.
        return step(value, expression, engine)


def read_id(value: str | uuid.UUID) -> uuid.UUID:
    """An id as an engine gives it. One that comes by again is read once."""
    return value if isinstance(value, uuid.UUID) else _known_id(value)


def _read_id(value: str | None, *_unused: object) -> uuid.UUID | None:
    return None if value is None else _known_id(value)


def _read_instant(value: str | datetime | None, *_unused: object) -> datetime | None:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)


_known_id: Final = lru_cache(maxsize=4096)(uuid.UUID)
# By the names of Django's own. Instants that are kept as text are UTC, and do not say so.
_QUICKER: Final[Mapping[str, Step]] = {
    "convert_uuidfield_value": _read_id,
    "convert_datetimefield_value": _read_instant,
}
