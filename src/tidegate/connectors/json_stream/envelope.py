"""Telling a page of records, `{"value": [...]}` with its annotations, from a record."""

import json
import re

_BLANK = re.compile(r"[ \t\r\n]*")
LIST_NAME = "value"
# An object that says who it is before its "value" is a record with a member of that name.
_NAMES_OF_RECORDS = frozenset({"id", "alertId", "incidentId", "AlertId"})
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


def find_list(text: str, at: int) -> int | None:
    """Give the place behind the "[" of the list of the page that begins at `text[at]`.

    None when the object is no page, or when too little of it is there to say.
    """
    try:
        return _walk_members(text, _skip_blank(text, at + 1))
    except (ValueError, IndexError, RecursionError):
        return None


def _walk_members(text: str, at: int) -> int | None:
    while text[at] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _skip_blank(text, _expect(text, _skip_blank(text, at), ":"))
        if name == LIST_NAME and text[at] == "[":
            return at + 1
        if name in _NAMES_OF_RECORDS:
            return None
        _, at = _DECODER.raw_decode(text, at)
        at = _skip_blank(text, _expect(text, _skip_blank(text, at), ","))
    return None


def _expect(text: str, at: int, character: str) -> int:
    if text[at] != character:
        raise ValueError(f"{character} expected")
    return at + 1


def _skip_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at
