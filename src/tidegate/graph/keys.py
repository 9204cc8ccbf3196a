"""The ids in addresses: what is no GUID names nothing."""

import uuid

from tidegate.core.errors import NotFound
from tidegate.core.ids import parse_uuid


def read_key(text: str) -> uuid.UUID:
    """The id. Raises NotFound."""
    found = parse_uuid(text)
    if found is None:
        raise NotFound("There is no such object.")
    return found
