"""Cutting a filter into tokens. Blanks, and the pluses that stand for blanks, fall between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.filter.literals import GUID, MOMENT

LONGEST: Final = 8_000


class Kind(Enum):
    """What sort of token."""

    MOMENT = auto()
    GUID = auto()
    NUMBER = auto()
    TEXT = auto()
    TYPED = auto()
    NAME = auto()
    MARK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the filter as it was written, and the character at which it begins, from 1."""

    kind: Kind
    text: str
    position: int


# A plus between tokens is a blank that a client encoded twice (XSOAR's Defender integration writes
# `alertCreationTime%2Bgt%2B2026-03-01T00:00:00Z`); within quotes and before an offset it is a plus.
_BLANK: Final = re.compile(r"[ \t\r\n+]*+")
_ENDS: Final = r"(?![A-Za-z0-9_.:-])"
_TEXT: Final = r"'(?:[^']|'')*+'"
_TOKEN: Final = re.compile(
    rf"(?P<MOMENT>{MOMENT}{_ENDS})"
    rf"|(?P<GUID>{GUID}{_ENDS})"
    rf"|(?P<NUMBER>-?[0-9]{{1,40}}(?:\.[0-9]{{1,40}})?(?:[eE][-+]?[0-9]{{1,3}})?{_ENDS})"
    rf"|(?P<TEXT>{_TEXT})"
    rf"|(?P<TYPED>[A-Za-z_][A-Za-z0-9_.]*+{_TEXT})"
    r"|(?P<NAME>[A-Za-z_][A-Za-z0-9_.]*+)(?!')"
    r"|(?P<MARK>[()/,:])"
)
# PostgreSQL keeps no NUL, and half a surrogate pair is no text anywhere.
_NEVER: Final = re.compile("[\0\ud800-\udfff]")


def tokenize(text: str) -> list[Token]:
    """The tokens, with an END after the last. Raises BadQuery."""
    if len(text) > LONGEST:
        raise BadQuery("$filter", f"is {len(text)} characters long; at most {LONGEST} are read")
    if found := _NEVER.search(text):
        raise BadQuery("$filter", "holds a sign that is no text", position=found.start() + 1)
    return [*_cut(text), Token(Kind.END, "", len(text) + 1)]


def _cut(text: str) -> Iterator[Token]:
    at = _skip_blank(text, 0)
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise BadQuery("$filter", _explain(text[at:]), position=at + 1)
        yield Token(Kind[found.lastgroup], found[0], at + 1)
        at = _skip_blank(text, found.end())


def _skip_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _explain(rest: str) -> str:
    piece = re.split(r"[ +()]", rest, maxsplit=1)[0] or rest[:1]
    if "'" in piece:
        return f"the text that begins with {shorten(piece)} has no closing quote"
    return f"{shorten(piece)} is no property, operator or value"
