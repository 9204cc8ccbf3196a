"""Typed reading of one foreign JSON object: each member by name, each mistake with its path.

`Fields` remembers which members were read, so that what no record field names can be kept as `extra`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache

from tidegate.connectors.graph_words import canonical_word
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import Json

FIRST_YEAR = 1990
LAST_YEAR = 2100
ECHO_LENGTH = 80
# RFC 3339 section 5.6, with a blank for the T (as its note allows) and the zone left out (read as UTC).
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)?",
    re.ASCII,
)
# .NET writes DateTime.MinValue where there is no time.
_NO_TIME = "0001-01-01T00:00:00"


class UnreadableRecord(Exception):
    """A record, or one alert of it, that cannot be taken. `path` names the member, empty for the whole."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


def echo_value(value: object) -> str:
    """Show a foreign value in a message, on one line and cut to 80 characters."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    shown = str(value)
    return repr(shown if len(shown) <= ECHO_LENGTH else shown[: ECHO_LENGTH - 1] + "…")


@cache
def _spellings_of(words: type[StrEnum]) -> frozenset[str]:
    return frozenset(words)


class Fields:
    """The members of one foreign object at `path` ("" for the record itself)."""

    __slots__ = ("_members", "_path", "_taken", "limits")

    def __init__(self, members: Mapping[str, Json], path: str, limits: Limits) -> None:
        self._members = members
        self._path = path
        self._taken: set[str] = set()
        self.limits = limits

    def at(self, name: str) -> str:
        """Give the path of a member, such as "alerts[3].creationTime"."""
        return f"{self._path}.{name}" if self._path else name

    def value(self, name: str) -> Json:
        """Give a member as it is; None when absent."""
        self._taken.add(name)
        return self._members.get(name)

    def peek(self, name: str) -> Json:
        """Give a member as it is and leave it among the rest."""
        return self._members.get(name)

    def text(self, name: str, *, limit: int | None = None) -> str:
        """Give a text member; absent and null are empty."""
        # Most members of most records are asked for here: no step that could be spared.
        self._taken.add(name)
        value = self._members.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise UnreadableRecord(self.at(name), f"not text: {echo_value(value)}")
        most = limit or self.limits.text
        return value if len(value) <= most else self._within(name, value, most)

    def title(self, name: str) -> str:
        """Give a text member that must be there and not blank."""
        title = self.text(name, limit=self.limits.title)
        if not title.strip():
            raise UnreadableRecord(self.at(name), "missing")
        return title

    def external_id(self, name: str) -> str:
        """Give an identifier that must be there, written as text or as a whole number."""
        found = self.optional_id(name)
        if found is None:
            raise UnreadableRecord(self.at(name), "missing")
        return found

    def optional_id(self, name: str) -> str | None:
        """Give an identifier, written as text or as a whole number; None when absent or empty."""
        value = self.value(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise UnreadableRecord(self.at(name), f"not an identifier: {echo_value(value)}")
        text = str(value).strip()
        if not text:
            raise UnreadableRecord(self.at(name), "empty")
        return self._within(name, text, self.limits.external_id)

    def time(self, name: str) -> datetime | None:
        """Give a time in UTC; None when absent, empty or .NET's "no time" of year 1."""
        value = self.value(name)
        if value is None or value == "" or (isinstance(value, str) and value.startswith(_NO_TIME)):
            return None
        return self._read_time(name, value)

    def required_time(self, name: str) -> datetime:
        """Give a time in UTC that must be there."""
        value = self.value(name)
        if value is None or value == "":
            raise UnreadableRecord(self.at(name), "missing")
        return self._read_time(name, value)

    def word(
        self, name: str, words: type[StrEnum], default: str, aliases: Mapping[str, StrEnum] | None = None
    ) -> str:
        """Give a word in Graph's spelling; `default` when absent or empty."""
        word = self.text(name)
        if aliases is None and word in _spellings_of(words):
            return word
        word = word.strip()
        return canonical_word(words, word, aliases) if word else default

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts; absent and null are empty, and null items are left out."""
        return tuple(
            self._item_text(f"{name}[{index}]", item)
            for index, item in enumerate(self.items(name, self.limits.items))
            if item is not None
        )

    def objects(self, name: str, limit: int) -> list[tuple[str, dict[str, Json]]]:
        """Give a list of objects, each with its path; absent and null are empty."""
        items = self.items(name, limit)
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                raise UnreadableRecord(self.at(f"{name}[{index}]"), f"not an object: {echo_value(item)}")
        return [(self.at(f"{name}[{i}]"), item) for i, item in enumerate(items) if isinstance(item, dict)]

    def items(self, name: str, limit: int) -> list[Json]:
        """Give a list of anything, no longer than `limit`; absent and null are empty."""
        value = self.value(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UnreadableRecord(self.at(name), f"not a list: {echo_value(value)}")
        if len(value) > limit:
            raise UnreadableRecord(self.at(name), f"{len(value)} items, more than {limit}")
        return value

    def rest(self) -> dict[str, Json]:
        """Give the members that were not asked for."""
        return {name: value for name, value in self._members.items() if name not in self._taken}

    def _within(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit:
            raise UnreadableRecord(self.at(name), f"{len(text)} characters, more than {limit}")
        return text

    def _item_text(self, name: str, item: Json) -> str:
        if not isinstance(item, str):
            raise UnreadableRecord(self.at(name), f"not text: {echo_value(item)}")
        return self._within(name, item, self.limits.text)

    def _read_time(self, name: str, value: Json) -> datetime:
        try:
            return parse_time(value)
        except ValueError as error:
            raise UnreadableRecord(self.at(name), str(error)) from error


def parse_time(value: object) -> datetime:
    """Read an RFC 3339 time as UTC, microseconds kept, finer digits dropped. Raises ValueError."""
    if isinstance(value, str):
        return _parse_time(value)
    raise ValueError(f"not a time: {echo_value(value)}")


# A record tells the same time again and again.
@lru_cache(maxsize=1_000)
def _parse_time(value: str) -> datetime:
    if not _TIME.fullmatch(value):
        raise ValueError(f"not a time: {echo_value(value)}")
    try:
        moment = datetime.fromisoformat(value.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"not a time: {echo_value(value)}") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"a time outside {FIRST_YEAR} to {LAST_YEAR}: {echo_value(value)}")
    return moment
