"""Reading the members of a request's JSON body by type; what is wrong is refused by the name it has there."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tidegate.core.durations import read_duration
from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.odata.filter.literals import read_moment


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON object, and by which path it stands in the body. A member that is null is one that is absent."""

    members: Mapping[str, Any]
    path: str = ""

    def __contains__(self, name: str) -> bool:
        return self.members.get(name) is not None

    def __bool__(self) -> bool:
        return bool(self.members)

    def name(self, member: str) -> str:
        """A member as messages name it."""
        return f"{self.path}/{member}" if self.path else member

    def check_members(self, known: Collection[str]) -> None:
        """Raise InvalidInput for a member that cannot be changed here; annotations are nobody's."""
        for member in self.members:
            if "@" not in member and member not in known:
                raise InvalidInput(fields={self.name(member): "cannot be set here"})

    def text(self, member: str, default: str = "") -> str:
        """A text. Raises InvalidInput for anything else."""
        value = self.members.get(member)
        if value is None:
            return default
        if not isinstance(value, str):
            raise InvalidInput(fields={self.name(member): "must be a text"})
        return value

    def flag(self, member: str, *, default: bool) -> bool:
        """True or false. Raises InvalidInput for anything else."""
        value = self.members.get(member)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise InvalidInput(fields={self.name(member): "must be true or false"})
        return value

    def guid(self, member: str) -> uuid.UUID | None:
        """A GUID, if there is one. Raises InvalidInput."""
        if member not in self:
            return None
        found = parse_uuid(self.text(member).strip())
        if found is None:
            raise InvalidInput(fields={self.name(member): "must be a GUID"})
        return found

    def moment(self, member: str) -> datetime | None:
        """A date and time, if there is one. Raises InvalidInput."""
        if member not in self:
            return None
        found = read_moment(self.text(member).strip())
        if found is None:
            reason = "must be a date and time such as 2026-03-01T09:00:00Z"
            raise InvalidInput(fields={self.name(member): reason})
        return found

    def duration(self, member: str) -> timedelta | None:
        """An ISO 8601 duration, if there is one. Raises InvalidInput."""
        return read_duration(self.members[member], self.name(member)) if member in self else None

    def inner(self, member: str) -> "Body":
        """An object within; one without members where there is none. Raises InvalidInput."""
        value = self.members.get(member)
        if value is None:
            return Body({}, self.name(member))
        if not isinstance(value, dict):
            raise InvalidInput(fields={self.name(member): "must be an object"})
        return Body(value, self.name(member))

    def many(self, member: str) -> list["Body"]:
        """A list of objects; empty where there is none. Raises InvalidInput."""
        value = self.members.get(member)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise InvalidInput(fields={self.name(member): "must be a list of objects"})
        return [Body(each, f"{self.name(member)}/{place}") for place, each in enumerate(value)]

    def reference(self, member: str) -> uuid.UUID | None:
        """The id of an object that is named within, by its id or by its address (OData JSON 4.01, 8.5)."""
        if f"{member}@odata.bind" in self:
            return read_reference(self.text(f"{member}@odata.bind"), self.name(member))
        found = self.inner(member)
        return found.guid("id")

    @property
    def type_name(self) -> str:
        """The last part of `@odata.type`, such as `singleUser`; empty where there is none."""
        return self.text("@odata.type").rpartition(".")[2].lstrip("#")


def read_reference(address: str, field: str) -> uuid.UUID:
    """The id at the end of an address: `.../users/{id}` or `.../users('{id}')`. Raises InvalidInput."""
    last = address.strip().rstrip("/").rpartition("/")[2]
    key = last.partition("(")[2].strip("')") or last
    found = parse_uuid(key)
    if found is None:
        raise InvalidInput(fields={field: "must be the address of an object, with its id at the end"})
    return found
