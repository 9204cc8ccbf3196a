"""What compiling and running need of an engine."""

from collections.abc import Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import Any, Protocol

from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Value


class Engine(Protocol):
    """SQL of one engine.

    `inner_join` joins, from left to right where the engine knows no better.

    `templates` holds one for each name that compiling uses; both engines have the same.
    """

    templates: Mapping[str, str]
    inner_join: str

    def literal(self, kind: Kind, value: Value) -> Sql:
        """A value as a parameter of its type."""
        ...

    def word_pattern(self, word: str, *, folds: bool, starts: bool = True, ends: bool = True) -> str:
        """The parameter with which the templates `has` and `has_cs` look for a word.

        `starts` and `ends` say at which of its ends it may not be part of a longer one.
        """
        ...

    def member(self, steps: Sequence[str]) -> str:
        """The parameter with which the templates `json_text`, `json_long` and `json_value` find a member."""
        ...

    def unpack(self, select: Sql, names: Mapping[str, str], documents: AbstractSet[str]) -> Sql:
        """A select whose columns have these names by field, made of one without, in the same order.

        Those of `documents` are JSON as the templates `json`, `json_text` and their kin take it.
        """
        ...

    def json_path(self, steps: Sequence[str | int]) -> str:
        """The parameter with which the template `path` steps into a dynamic value."""
        ...

    def reading(self, seconds: float) -> AbstractContextManager["Reader"]:
        """Within the block statements only read, and end after so many seconds. Raises QueryTooCostly."""
        ...


class Reader(Protocol):
    """Runs one statement and gives its rows as they come."""

    def read(self, sql: str, params: Sequence[Any]) -> Generator[tuple[object, ...]]:
        """The rows of a statement."""
        ...
