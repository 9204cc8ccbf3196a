"""What a resource lets be asked of it: a declaration that each surface writes for each of its lists.

Names are found whatever their case: Microsoft's own pages write `InvestigationId` and `investigationId`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Final, Self

from tidegate.core.paging import SortKey
from tidegate.odata.filter.tree import COMPARISONS, QUANTIFIERS, TEXT_FUNCTIONS, Operator


class Kind(StrEnum):
    """What a property holds. Values are what messages call it."""

    TEXT = "a text in single quotes"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    DATETIME = "a date and time such as 2026-03-01T09:00:00Z"
    GUID = "a GUID"
    ENUM = "one of its words in single quotes"
    TEXT_LIST = "a collection of texts"


class Option(StrEnum):
    """The system query options there are (section 5.1), in the order in which messages name them."""

    FILTER = "$filter"
    SELECT = "$select"
    EXPAND = "$expand"
    ORDERBY = "$orderby"
    TOP = "$top"
    SKIP = "$skip"
    COUNT = "$count"
    SEARCH = "$search"
    SKIPTOKEN = "$skiptoken"
    FORMAT = "$format"


OF_A_LIST: Final = frozenset(Option) - {Option.SEARCH}
OF_ONE_OBJECT: Final = frozenset({Option.SELECT, Option.EXPAND, Option.FORMAT})

_EQUALITY: Final = frozenset({Operator.EQ, Operator.NE, Operator.IN})
_ORDERED: Final = _EQUALITY.union(COMPARISONS)
_USUAL: Final[Mapping[Kind, frozenset[Operator]]] = {
    Kind.TEXT: _EQUALITY.union(TEXT_FUNCTIONS),
    Kind.INTEGER: _ORDERED,
    Kind.BOOLEAN: _EQUALITY,
    Kind.DATETIME: _ORDERED,
    Kind.GUID: _EQUALITY,
    Kind.ENUM: _EQUALITY,
    Kind.TEXT_LIST: frozenset(QUANTIFIERS),
}
# An enumeration can be ordered, but only one who knows its column can say so.
_POSSIBLE: Final = {**_USUAL, Kind.ENUM: _ORDERED}


@dataclass(frozen=True)
class Property:
    """One property that filters and orders may name, and the column that answers for it.

    `name` is the wire's, with slashes where it is within another. `column` may follow foreign keys with
    `__`; without one the property is null in every row. `null_as` are values of the column that are
    null on the wire, such as the empty text.

    `words`, for an ENUM, gives each word of the wire its value in the column; a tuple where the word
    stands for several, or for none that can occur. Texts compare in any letter case, as Microsoft's do;
    `exact_case` is for ids, which an index finds only as they are.
    """

    name: str
    column: str = ""
    kind: Kind = Kind.TEXT
    words: Mapping[str, object] = field(default_factory=dict)
    null_as: tuple[object, ...] = ()
    exact_case: bool = False
    operators: frozenset[Operator] = frozenset()

    def __post_init__(self) -> None:
        if not self.operators <= _POSSIBLE[self.kind]:
            raise ValueError(f"{self.name}: {self.kind.name} cannot be asked {sorted(self.operators)}")
        if (self.kind is Kind.ENUM) != bool(self.words):
            raise ValueError(f"{self.name}: words are what an ENUM has")

    @property
    def supported(self) -> frozenset[Operator]:
        """The operators it takes: those declared, else those usual for its kind."""
        return self.operators or _USUAL[self.kind]

    @cached_property
    def values_of_words(self) -> Mapping[str, tuple[object, ...]]:
        """The column's values for each word, in lower case."""
        return {
            word.lower(): value if isinstance(value, tuple) else (value,)
            for word, value in self.words.items()
        }


@dataclass(frozen=True)
class Resource:
    """One list of the wire, or one of its objects (see `one_object`).

    `name` is what messages call it. `members` are what `$select` may name besides the properties.
    `orderable` names properties whose columns are never NULL. The last key of `default_order` tells
    any two rows apart and completes every other order, so that pages never overlap. `expandable` are
    the navigation properties with what each of them supports.
    """

    name: str
    properties: tuple[Property, ...] = ()
    members: tuple[str, ...] = ()
    orderable: tuple[str, ...] = ()
    default_order: tuple[SortKey, ...] = (SortKey("id"),)
    expandable: Mapping[str, "Resource"] = field(default_factory=dict)
    options: frozenset[Option] = OF_A_LIST
    default_top: int = 100
    largest_top: int = 1_000

    def __post_init__(self) -> None:
        names = [found.name.lower() for found in self.properties]
        if len(names) != len(set(names)):
            raise ValueError(f"{self.name}: a property is declared twice")
        if not all((found := self.find(name)) and found.column for name in self.orderable):
            raise ValueError(f"{self.name}: what is orderable must be a property with a column")

    def one_object(self) -> Self:
        """The same for a request of one object, where only what shapes it makes sense."""
        return replace(self, options=self.options & OF_ONE_OBJECT)

    def find(self, name: str) -> Property | None:
        """The property of that name, in any letter case."""
        return self._by_name.get(name.lower())

    @cached_property
    def _by_name(self) -> Mapping[str, Property]:
        return {found.name.lower(): found for found in self.properties}

    @cached_property
    def selectable(self) -> Mapping[str, str]:
        """Every member, by its name in lower case."""
        within = (found.name.partition("/")[0] for found in self.properties)
        return {name.lower(): name for name in (*self.members, *within, *self.expandable)}
