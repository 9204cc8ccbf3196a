"""Where in a document something stands, and what is wrong there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from tidegate.core.errors import InvalidInput, TidegateError


@dataclass(frozen=True, slots=True)
class Place:
    """A path into a document, such as `tenants[0].groups[2].roles[1]`."""

    path: str = ""

    def member(self, name: str) -> Self:
        """The member of that name of the object that stands here."""
        return type(self)(f"{self.path}.{name}" if self.path else name)

    def item(self, number: int) -> Self:
        """One item, counted from 0, of the list that stands here."""
        return type(self)(f"{self.path}[{number}]")


class Misfit(TidegateError):
    """Something in a document that cannot be applied, with its place."""

    code = "misfit"

    def __init__(self, place: Place, reason: str) -> None:
        super().__init__(f"{place.path}: {reason}" if place.path else reason)


@contextmanager
def refusing_at(place: Place) -> Iterator[None]:
    """Within the block, what actions refuse is said of this place. Raises Misfit."""
    try:
        yield
    except Misfit:
        raise
    except InvalidInput as error:
        field, reason = next(iter(error.fields.items()), ("", error.message))
        raise Misfit(place.member(field) if field else place, reason) from error
    except TidegateError as error:
        raise Misfit(place, error.message) from error


def suggest(wanted: str, known: list[str]) -> str:
    """`; did you mean "…"?` for the word that comes nearest, or nothing."""
    by_fold = {word.casefold(): word for word in known}
    near = get_close_matches(wanted.casefold(), by_fold, n=1, cutoff=0.6)
    return f'; did you mean "{by_fold[near[0]]}"?' if near else ""
