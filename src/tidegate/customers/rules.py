"""What a tenant group's rule says: values, their JSON, and what makes a rule fit to keep.

A tenant is in the group if the rule takes all tenants or its `include` selects the tenant, unless its
`exclude` selects it. A selection is a set of alternatives.
"""

import re
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.core.text import clean_line

LONGEST_NAME: Final = 64
LONGEST_TAG: Final = 64
NAMED_AT_MOST: Final = 1000
WORDS_AT_MOST: Final = 50
NESTED_AT_MOST: Final = 8
# Shared groups may lie four deep, so that a private one around them makes five.
SHARED_DEPTH: Final = 4
DEPTH: Final = SHARED_DEPTH + 1
# How many groups there are in a shared one, itself and repeated ones counted: so long becomes its SQL.
SIZE: Final = 24
_NAME: Final = re.compile(r"[^\W_][\w .\-]*")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Tenants by name, by tag, by country (two capital letters), by service level, or in another group."""

    tenant_ids: frozenset[uuid.UUID] = frozenset()
    tags: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    level_ids: frozenset[uuid.UUID] = frozenset()
    group_ids: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return any((self.tenant_ids, self.tags, self.countries, self.level_ids, self.group_ids))


NOTHING: Final = Selection()


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Which tenants a group takes; see the module."""

    takes_all: bool = False
    include: Selection = field(default=NOTHING)
    exclude: Selection = field(default=NOTHING)

    @property
    def nested_ids(self) -> tuple[uuid.UUID, ...]:
        """The groups that it names: twice those that it names on both sides."""
        return (*self.include.group_ids, *self.exclude.group_ids)

    @property
    def level_ids(self) -> frozenset[uuid.UUID]:
        """The service levels that it names, on either side."""
        return self.include.level_ids | self.exclude.level_ids


def name_key(name: str) -> str:
    """A name or a tag in one letter case: what makes two of them the same."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def is_name(text: str) -> bool:
    """Whether a group could have this name, as somebody types it: no other text is worth a question."""
    line = unicodedata.normalize("NFC", text.strip())
    return len(line) <= LONGEST_NAME and bool(_NAME.fullmatch(line))


def clean_name(name: str) -> str:
    """A group's name, as it can stand in an address. Raises InvalidInput naming `name`."""
    line = clean_line(name, "name", longest=LONGEST_NAME)
    if not is_name(line):
        reason = "must be letters, digits, spaces, -, _ and ., and begin with a letter or a digit"
        raise InvalidInput(fields={"name": reason})
    return line


def clean_tag(tag: str, field_name: str = "tag") -> str:
    """A tag fit to keep. Raises InvalidInput naming the field."""
    return clean_line(tag, field_name, longest=LONGEST_TAG)


def clean_rule(rule: GroupRule) -> GroupRule:
    """A rule fit to keep: tags cleaned and each once, countries in capitals.

    Raises InvalidInput naming `include` or `exclude`. Whether what it names is there is the action's matter.
    """
    include = NOTHING if rule.takes_all else _clean(rule.include, "include")
    return GroupRule(rule.takes_all, include, _clean(rule.exclude, "exclude"))


def write_rule(rule: GroupRule) -> dict[str, object]:
    """A rule as JSON. Of the tenants that it names it says only whether there are any: they are rows."""
    return {
        "all": rule.takes_all,
        "include": _write(rule.include),
        "exclude": _write(rule.exclude),
    }


def read_rule(
    value: Mapping[str, object],
    include: Iterable[uuid.UUID] = (),
    exclude: Iterable[uuid.UUID] = (),
) -> GroupRule:
    """`write_rule` turned round, with the tenants that are named."""
    return GroupRule(
        bool(value.get("all")),
        _read(value.get("include"), include),
        _read(value.get("exclude"), exclude),
    )


def names_tenants(value: Mapping[str, object], side: str) -> bool:
    """Whether a rule's JSON says that it names tenants on this side, `include` or `exclude`."""
    part = value.get(side)
    return isinstance(part, Mapping) and bool(part.get("tenants"))


def check_nesting(nested: Mapping[uuid.UUID, Collection[uuid.UUID]], deepest: int, largest: int) -> None:
    """Raise InvalidInput naming `groups` if a group lies within itself, too deep or too large.

    `nested` are the groups with those that each names.
    """
    measured: dict[uuid.UUID, tuple[int, int]] = {}
    for group_id in nested:
        depth, size = _measure(group_id, nested, measured, ())
        if depth > deepest:
            raise InvalidInput(fields={"groups": f"must not lie within each other more than {deepest} deep"})
        if size > largest:
            raise InvalidInput(fields={"groups": f"must hold at most {largest} groups in all"})


def _measure(
    group_id: uuid.UUID,
    nested: Mapping[uuid.UUID, Collection[uuid.UUID]],
    measured: dict[uuid.UUID, tuple[int, int]],
    around: tuple[uuid.UUID, ...],
) -> tuple[int, int]:
    if group_id in around:
        raise InvalidInput(fields={"groups": "must not hold themselves"})
    if group_id not in measured:
        inside = [_measure(one, nested, measured, (*around, group_id)) for one in nested.get(group_id, ())]
        depth = 1 + max((depth for depth, _ in inside), default=0)
        measured[group_id] = (depth, 1 + sum(size for _, size in inside))
    return measured[group_id]


def _clean(selection: Selection, side: str) -> Selection:
    once: dict[str, str] = {}
    for tag in sorted(clean_tag(tag, side) for tag in selection.tags):
        once.setdefault(name_key(tag), tag)
    countries = frozenset(code.strip().upper() for code in selection.countries)
    if not all(_COUNTRY.fullmatch(code) for code in countries):
        raise InvalidInput(fields={side: "must be a two-letter code (ISO 3166-1), like NL"})
    _check_counts(selection, once, countries, side)
    return Selection(
        selection.tenant_ids,
        frozenset(once.values()),
        countries,
        selection.level_ids,
        selection.group_ids,
    )


def _check_counts(selection: Selection, tags: Collection[str], countries: Collection[str], side: str) -> None:
    limits = (
        ("tenants", selection.tenant_ids, NAMED_AT_MOST),
        ("tags", tags, WORDS_AT_MOST),
        ("countries", countries, WORDS_AT_MOST),
        ("service levels", selection.level_ids, WORDS_AT_MOST),
        ("groups", selection.group_ids, NESTED_AT_MOST),
    )
    for what, chosen, most in limits:
        if len(chosen) > most:
            raise InvalidInput(fields={side: f"must name at most {most} {what}; these are {len(chosen)}"})


def _write(selection: Selection) -> dict[str, object]:
    return {
        "tenants": bool(selection.tenant_ids),
        "tags": sorted(selection.tags),
        "countries": sorted(selection.countries),
        "levels": sorted(map(str, selection.level_ids)),
        "groups": sorted(map(str, selection.group_ids)),
    }


def _read(value: object, tenant_ids: Iterable[uuid.UUID]) -> Selection:
    part = value if isinstance(value, Mapping) else {}
    return Selection(
        frozenset(tenant_ids),
        frozenset(_texts(part.get("tags"))),
        frozenset(_texts(part.get("countries"))),
        frozenset(_ids(part.get("levels"))),
        frozenset(_ids(part.get("groups"))),
    )


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _ids(value: object) -> list[uuid.UUID]:
    return [found for one in _texts(value) if (found := parse_uuid(one))]
