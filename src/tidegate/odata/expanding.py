"""Taking lists of items apart where they are separated, and not within parentheses or quotes."""

import re
from collections.abc import Iterator
from typing import Final

from tidegate.odata.errors import BadQuery
from tidegate.odata.resource import Option

_PIECE: Final = re.compile(r"'[^']*+'?|[(),;]|[^'(),;]++")


def split_items(text: str) -> list[str]:
    """Items between commas, without the blanks around them, and pluses that stand for blanks."""
    return [item for part in _split(text, ",") if (item := part.strip(" \t+"))]


def split_nested(item: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """An item of `$expand`: its name, and the options in its parentheses. Raises BadQuery."""
    name, opening, rest = item.partition("(")
    if not opening:
        return name, []
    if not rest.endswith(")"):
        raise BadQuery(Option.EXPAND, f"what {name} opens is not closed at its end")
    pairs = [part.partition("=") for part in _split(rest[:-1], ";") if part.strip()]
    return name.strip(), [(option.strip(), [value]) for option, _, value in pairs]


def _split(text: str, separator: str) -> Iterator[str]:
    depth, piece = 0, ""
    for found in _PIECE.findall(text):
        depth += (found == "(") - (found == ")")
        if found == separator and depth <= 0:
            yield piece
            piece = ""
        else:
            piece += found
    yield piece
