"""What forms send when something is changed, read into what actions take."""

import uuid
from collections.abc import Mapping
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid

_LARGEST: Final = 2**31 - 1
_DIGITS: Final = len(str(_LARGEST))


def read_version(sent: Mapping[str, str]) -> int:
    """The version that the page showed. Raises InvalidInput naming `version`."""
    return read_number(sent.get("version", ""), "version")


def read_number(text: str, field: str, *, longest: int = _DIGITS) -> int:
    """A whole number in digits. Raises InvalidInput naming the field."""
    if not (text.isascii() and text.isdigit() and len(text) <= longest):
        raise InvalidInput(fields={field: "must be the number that the page gave"})
    return int(text)


def read_owner(scope: Scope, sent: Mapping[str, str]) -> uuid.UUID | None:
    """Who is to own it: a user's id, `me`, or nobody. Raises InvalidInput naming `assigned`."""
    text = sent.get("assigned", "")
    if text == "me":
        return scope.entry.user_id
    user_id = parse_uuid(text)
    if text and user_id is None:
        raise InvalidInput(fields={"assigned": "must be someone who may enter this tenant now"})
    return user_id


def read_tags(sent: Mapping[str, str]) -> list[str]:
    """Tags between commas."""
    return [tag.strip() for tag in sent.get("tags", "").split(",") if tag.strip()]
