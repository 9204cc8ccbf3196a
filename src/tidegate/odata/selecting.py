"""Reducing an object to what was asked of it."""

from collections.abc import Mapping
from typing import Final

from tidegate.odata.query import Query

_ALWAYS: Final = "id"


def select_members(document: Mapping[str, object], query: Query) -> dict[str, object]:
    """The members in `$select`, with the id, what is expanded, and annotations (section 5.1.4).

    `@odata.type` and its like stay; an annotation of a member goes with its member. Expanded objects
    are reduced by their own `$select`. Without one, all stays.
    """
    wanted = {_ALWAYS, *query.select, *(found.name for found in query.expand)}
    return {
        name: _select_within(name, value, query)
        for name, value in document.items()
        if not query.select or name.partition("@")[0] in wanted | {""}
    }


def _select_within(name: str, value: object, query: Query) -> object:
    expansion = query.expansion(name)
    if expansion is None or not expansion.query.select:
        return value
    if isinstance(value, Mapping):
        return select_members(value, expansion.query)
    if isinstance(value, list):
        return [
            select_members(each, expansion.query) if isinstance(each, Mapping) else each for each in value
        ]
    return value
