"""Pieces of SQL with their parameters. What somebody wrote is only ever in the parameters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from tidegate.hunting.errors import QueryTooCostly

LONGEST_SQL: Final = 200_000
_PLACE: Final = re.compile(r"\{(\d)\}")


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL with `%s` for each parameter, in order; a percent sign of its own is doubled."""

    text: str
    params: tuple[Any, ...] = ()

    @classmethod
    def join(cls, glue: str, parts: Iterable[Self]) -> "Sql":
        """The pieces with `glue` between them."""
        found = list(parts)
        return Sql(glue.join(part.text for part in found), tuple(p for part in found for p in part.params))


def fill(template: str, parts: Sequence[Sql]) -> Sql:
    """The template with `{0}`, `{1}` replaced by the pieces; one named twice has its parameters twice.

    Raises QueryTooCostly where that makes more of it than any engine should plan.
    """
    params: list[Any] = []

    def put(match: re.Match[str]) -> str:
        part = parts[int(match[1])]
        params.extend(part.params)
        return part.text

    text = _PLACE.sub(put, template)
    if len(text) > LONGEST_SQL:
        raise QueryTooCostly("The query is too large: its expressions repeat each other too often.")
    return Sql(text, tuple(params))
