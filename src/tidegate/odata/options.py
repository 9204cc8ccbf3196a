"""The query options of a request (section 5.1), read as its resource allows, into one `Query`.

Names are taken in any case, with or without `$` (section 5.1); a blank value is no value. What begins
with `$` and is not known or not supported is refused; any other parameter is somebody else's.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Q

from tidegate.core.paging import SortKey
from tidegate.odata.compiling.conditions import compile_filter
from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.expanding import split_items, split_nested
from tidegate.odata.filter.parser import parse_filter
from tidegate.odata.query import Expansion, Query
from tidegate.odata.resource import Option, Resource

_LONGEST: Final = 8_000
_LARGEST_SKIP: Final = 2**31 - 1

type Parameters = Iterable[tuple[str, list[str]]]


def parse_options(parameters: Parameters, resource: Resource) -> Query:
    """The request's options: pairs of a name and its values, as Django's `QueryDict.lists()` gives.

    Raises BadQuery naming the option.
    """
    given = _collect(parameters, resource)
    filter_text = given.get(Option.FILTER)
    tree = parse_filter(filter_text) if filter_text else None
    _check_format(given.get(Option.FORMAT, "json"))
    return Query(
        filter=tree,
        condition=compile_filter(tree, resource) if tree else Q(),
        sort_keys=_read_order(given.get(Option.ORDERBY, ""), resource),
        top=_read_number(given, Option.TOP, resource.default_top, resource.largest_top),
        is_top_given=Option.TOP in given,
        skip=_read_number(given, Option.SKIP, 0, _LARGEST_SKIP),
        count=_read_count(given.get(Option.COUNT, "false")),
        select=_read_select(given.get(Option.SELECT, ""), resource),
        expand=_read_expand(given.get(Option.EXPAND, ""), resource),
        search=given.get(Option.SEARCH, ""),
        skiptoken=given.get(Option.SKIPTOKEN, ""),
    )


def _collect(parameters: Parameters, resource: Resource) -> Mapping[Option, str]:
    given: dict[Option, str] = {}
    for name, values in parameters:
        option = _recognise(name, resource)
        texts = [text for value in values if (text := value.strip())]
        if option is None or not texts:
            continue
        if len(texts) > 1 or option in given:
            raise BadQuery(option, "is given more than once")
        if len(texts[0]) > _LONGEST or "\0" in texts[0]:
            raise BadQuery(option, f"must be at most {_LONGEST} characters of text")
        given[option] = texts[0]
    return given


def _recognise(name: str, resource: Resource) -> Option | None:
    bare = name.strip().lower().removeprefix("$")
    option = next((known for known in Option if known == f"${bare}"), None)
    if option in resource.options:
        return option
    if not name.strip().startswith("$"):
        return None
    supported = ", ".join(known for known in Option if known in resource.options)
    raise BadQuery(shorten(name.strip()), f"is not supported for {resource.name}; supported: {supported}")


def _check_format(value: str) -> None:
    """Section 5.1.9: JSON is what there is, whatever the amount of metadata asked for."""
    if value.partition(";")[0].strip().lower() not in {"json", "application/json"}:
        raise BadQuery(Option.FORMAT, "must be json")


def _read_number(given: Mapping[Option, str], option: Option, default: int, largest: int) -> int:
    """Section 5.1.6."""
    text = given.get(option)
    if text is None:
        return default
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > largest:
        raise BadQuery(option, f"must be a whole number from 0 to {largest}")
    return int(text)


def _read_count(text: str) -> bool:
    """Section 5.1.7."""
    if text.lower() not in {"true", "false"}:
        raise BadQuery(Option.COUNT, "must be true or false")
    return text.lower() == "true"


def _read_order(text: str, resource: Resource) -> tuple[SortKey, ...]:
    """Section 5.1.5. The last key of the default order makes it one in which no two rows are equal."""
    keys = {key.field: key for item in split_items(text) for key in [_read_sort_key(item, resource)]}
    if not keys:
        return resource.default_order
    last, unique = [*keys.values()][-1], resource.default_order[-1].field
    return (*keys.values(), *([] if unique in keys else [SortKey(unique, last.descending)]))


def _read_sort_key(item: str, resource: Resource) -> SortKey:
    name, *direction = re.split(r"[\s+]+", item)
    orderable = {found.lower() for found in resource.orderable}
    found = resource.find(name) if name.lower() in orderable else None
    if found is None:
        supported = ", ".join(resource.orderable) or "nothing"
        reason = f"{resource.name} cannot be ordered by {shorten(name)}; supported: {supported}"
        raise BadQuery(Option.ORDERBY, reason)
    words = [word.lower() for word in direction]
    if words not in ([], ["asc"], ["desc"]):
        raise BadQuery(Option.ORDERBY, f"after {name} comes asc or desc")
    return SortKey(found.column, descending=words == ["desc"])


def _read_select(text: str, resource: Resource) -> tuple[str, ...]:
    """Section 5.1.4."""
    items = split_items(text)
    if "*" in items:
        return ()
    for name in items:
        if name.lower() not in resource.selectable:
            known = ", ".join(resource.selectable.values())
            raise BadQuery(Option.SELECT, f"{resource.name} has no {shorten(name)}; it has {known}")
    return tuple(dict.fromkeys(resource.selectable[name.lower()] for name in items))


def _read_expand(text: str, resource: Resource) -> tuple[Expansion, ...]:
    """Section 5.1.3, with the options that stand in parentheses."""
    found: dict[str, Expansion] = {}
    for item in split_items(text):
        asked, nested = split_nested(item)
        name = next((known for known in resource.expandable if known.lower() == asked.lower()), None)
        if name is None:
            supported = ", ".join(resource.expandable) or "nothing"
            reason = f"{resource.name} cannot expand {shorten(asked)}; supported: {supported}"
            raise BadQuery(Option.EXPAND, reason)
        if name in found:
            raise BadQuery(Option.EXPAND, f"{name} is given more than once")
        try:
            found[name] = Expansion(name, parse_options(nested, resource.expandable[name]))
        except BadQuery as bad:
            raise BadQuery(Option.EXPAND, f"within {name}: {bad.message}") from bad
    return tuple(found.values())
