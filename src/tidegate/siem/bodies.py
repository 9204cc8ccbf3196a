"""Bodies of requests: JSON objects whose members are named exactly as Microsoft's pages name them."""

from collections.abc import Mapping
from typing import Any

from tidegate.core.errors import InvalidInput
from tidegate.oauth.endpoint import Call
from tidegate.siem.errors import BadBody, MissingParameter
from tidegate.siem.words import read_word

type Members = Mapping[str, Any]


def read_body(call: Call) -> Members:
    """The body. Raises BadBody."""
    try:
        return call.read_json()
    except InvalidInput as error:
        raise BadBody(error.message) from error


def read_text(members: Members, name: str) -> str | None:
    """A member as text; None where it is not there, empty for null. Raises BadBody."""
    if name not in members:
        return None
    value = members[name]
    if value is not None and not isinstance(value, str):
        raise BadBody(fields={name: "must be text"})
    return value or ""


def require_text(members: Members, name: str) -> str:
    """A member as text that must be there and not blank. Raises MissingParameter, BadBody."""
    text = read_text(members, name)
    if not text or not text.strip():
        raise MissingParameter(fields={name: "is required"})
    return text


def read_texts(members: Members, name: str) -> list[str]:
    """A member as a list of texts that must be there and hold something. Raises MissingParameter, BadBody."""
    values = members.get(name)
    if not values:
        raise MissingParameter(fields={name: "is required"})
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadBody(fields={name: "must be a list of texts"})
    return values


def choose_word(members: Members, name: str, words: Mapping[str, str]) -> str | None:
    """Graph's word for a member; None where it is not there. Raises InvalidInput for a word there is not."""
    text = read_text(members, name)
    if text is None:
        return None
    word = read_word(words, text)
    if word is None:
        raise InvalidInput(fields={name: f"must be one of: {', '.join(words.values())}"})
    return word
