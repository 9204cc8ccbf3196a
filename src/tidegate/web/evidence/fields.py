"""Any JSON value as lines of a path and a text, so that a page can show members it knows nothing of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from tidegate.connectors.records import Json

# What comes in is nested to 64 levels at most; on a page nobody reads beyond a few.
DEEPEST: Final = 8
FIELDS_AT_MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Field:
    """One member: where it stands ("fileDetails.sha256", "urls[2]") and its value; empty for null."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The members of one value, and how many more there are than are shown."""

    shown: tuple[Field, ...]
    left_out: int


def list_fields(value: Json | Mapping[str, Json]) -> Fields:
    """Every member in the order of its source; nulls and empty lists too, for they say something."""
    every = list(_walk("", value, 0))
    return Fields(tuple(every[:FIELDS_AT_MOST]), max(0, len(every) - FIELDS_AT_MOST))


def _walk(path: str, value: object, depth: int) -> Iterator[Field]:
    if isinstance(value, Mapping) and value and depth < DEEPEST:
        for name, member in value.items():
            yield from _walk(f"{path}.{name}" if path else str(name), member, depth + 1)
    elif isinstance(value, list) and value and depth < DEEPEST:
        for place, member in enumerate(value):
            yield from _walk(f"{path}[{place}]", member, depth + 1)
    else:
        yield Field(path, _write(value))


def _write(value: object) -> str:
    if value is None or value in ([], {}):
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
