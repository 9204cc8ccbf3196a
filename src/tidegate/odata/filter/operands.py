"""Values from tokens."""

from decimal import Decimal
from uuid import UUID

from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.filter.literals import read_moment
from tidegate.odata.filter.tokens import Kind, Token
from tidegate.odata.filter.tree import Boolean, Fold, Guid, Literal, Moment, Null, Number, Text, Word


def read_literal(token: Token) -> Literal | None:  # noqa: PLR0911  one for each kind of token
    """The value that the token writes; None where it writes none. Raises BadQuery for no real date."""
    at = token.position
    match token.kind:
        case Kind.TEXT:
            return Text(_unquote(token.text), position=at)
        case Kind.TYPED:
            return _read_typed(token)
        case Kind.NUMBER:
            return Number(_read_number(token.text), position=at)
        case Kind.GUID:
            return Guid(UUID(token.text), position=at)
        case Kind.MOMENT:
            return _read_moment(token.text, at)
        case Kind.NAME:
            return _read_named(token.text.lower(), at)
        case _:
            return None


def fold_text(text: Text, fold: Fold) -> Text:
    """A text within tolower() or toupper()."""
    value = text.value.lower() if fold is Fold.LOWER else text.value.upper()
    return Text(value, position=text.position)


def _read_named(word: str, at: int) -> Literal | None:
    if word == "null":
        return Null(position=at)
    return Boolean(word == "true", position=at) if word in {"true", "false"} else None


def _read_typed(token: Token) -> Literal:
    """An enumeration's member, or one of the forms of OData 3: datetime'...', guid'...'."""
    type_name, _, rest = token.text.partition("'")
    value = _unquote(f"'{rest}")
    if type_name.lower() in {"datetime", "datetimeoffset"}:
        return _read_moment(value, token.position)
    if type_name.lower() == "guid":
        return Text(value, position=token.position)
    return Word(type_name, value, position=token.position)


def _read_moment(text: str, at: int) -> Moment:
    moment = read_moment(text)
    if moment is None:
        raise BadQuery("$filter", f"{shorten(text)} is no date that there is", position=at)
    return Moment(moment, position=at)


def _read_number(text: str) -> int | Decimal:
    return Decimal(text) if any(sign in text for sign in ".eE") else int(text)


def _unquote(text: str) -> str:
    return text[1:-1].replace("''", "'")
