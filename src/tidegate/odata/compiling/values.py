"""A filter's literals as values of the column they are compared with."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from tidegate.core.ids import parse_uuid
from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.filter.literals import read_moment
from tidegate.odata.filter.tree import Boolean, Guid, Literal, Moment, Number, Text, Word
from tidegate.odata.resource import Kind, Property

_LARGEST: Final = 2**63 - 1


def read_values(declared: Property, literal: Literal) -> tuple[object, ...]:
    """The values of the column that the literal, which is not null, stands for. Raises BadQuery.

    One, except that an enumeration's word may stand for none or several.
    """
    if declared.kind is Kind.ENUM:
        return _read_word(declared, literal)
    value = _READERS[declared.kind](literal)
    if value is None:
        raise BadQuery("$filter", f"{declared.name} needs {declared.kind}", position=literal.position)
    return (value,)


def _read_word(declared: Property, literal: Literal) -> tuple[object, ...]:
    word = literal.value if isinstance(literal, Text | Word) else None
    values = None if word is None else declared.values_of_words.get(word.lower())
    if values is None:
        said = declared.kind if word is None else f"a word that it knows, not {shorten(word)}"
        reason = f"{declared.name} needs {said}: {', '.join(declared.words)}"
        raise BadQuery("$filter", reason, position=literal.position)
    return values


def _read_text(literal: Literal) -> str | None:
    """Ids that are GUIDs at Microsoft, and words of its enumerations, may be texts here."""
    if isinstance(literal, Guid):
        return str(literal.value)
    return literal.value if isinstance(literal, Text | Word) else None


def _read_integer(literal: Literal) -> int | None:
    """Graph's incident ids are texts that hold a number, Defender's are numbers: both are read."""
    value = literal.value if isinstance(literal, Number | Text) else None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and abs(value) <= _LARGEST else None


def _read_boolean(literal: Literal) -> bool | None:
    return literal.value if isinstance(literal, Boolean) else None


def _read_datetime(literal: Literal) -> datetime | None:
    """Many clients put dates between quotes."""
    if isinstance(literal, Text):
        return read_moment(literal.value)
    return literal.value if isinstance(literal, Moment) else None


def _read_guid(literal: Literal) -> UUID | None:
    if isinstance(literal, Text):
        return parse_uuid(literal.value)
    return literal.value if isinstance(literal, Guid) else None


_READERS: Final[Mapping[Kind, Callable[[Literal], object]]] = {
    Kind.TEXT: _read_text,
    Kind.INTEGER: _read_integer,
    Kind.BOOLEAN: _read_boolean,
    Kind.DATETIME: _read_datetime,
    Kind.GUID: _read_guid,
}
