"""What a comparison is about: a column of the row, or a member of one of its collections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final, Protocol

from django.db.models import Lookup, Q
from django.db.models.lookups import IContains, IEndsWith, IExact, IsNull, IStartsWith

from tidegate.odata.compiling.elements import ElementText
from tidegate.odata.filter.tree import Operator
from tidegate.odata.resource import Kind, Property

NEVER: Final = Q(pk__in=[])
# Not the empty Q, which vanishes from an OR instead of deciding it.
ALWAYS: Final = ~NEVER

# SQLite's LIKE folds ASCII letters and no others; there, other letters compare as they are.
_LOOKUPS: Final = {
    Operator.GT: "gt",
    Operator.GE: "gte",
    Operator.LT: "lt",
    Operator.LE: "lte",
    Operator.STARTSWITH: "istartswith",
    Operator.ENDSWITH: "iendswith",
    Operator.CONTAINS: "icontains",
}
_OF_TEXTS: Final["Mapping[str, type[Lookup[Any]]]"] = {
    str(kind.lookup_name): kind for kind in (IContains, IEndsWith, IExact, IsNull, IStartsWith)
}


class _Place(Protocol):
    """Where the value of a subject is kept."""

    def where(self, lookup: str, value: object) -> Q:
        """The condition that Django's lookup makes of it."""
        ...


@dataclass(frozen=True, slots=True)
class _Column:
    name: str

    def where(self, lookup: str, value: object) -> Q:
        return Q(**{f"{self.name}__{lookup}": value})


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """Of a property that is null in every row: nothing is true of it but that it is null."""

    def where(self, lookup: str, value: object) -> Q:
        return ALWAYS if lookup == "isnull" else NEVER


@dataclass(frozen=True, slots=True)
class _Member:
    text: ElementText

    def where(self, lookup: str, value: object) -> Q:
        return Q(_OF_TEXTS[lookup](self.text, value))


@dataclass(frozen=True, slots=True)
class Subject:
    """A property as declared, and its place."""

    declared: Property
    place: _Place

    def is_null(self) -> Q:
        """It is null on the wire."""
        absent = self.place.where("isnull", value=True)
        nulls = self.declared.null_as
        return absent | self.place.where("in", nulls) if nulls else absent

    def equals_any(self, values: Sequence[object], *, folded: bool) -> Q:
        """It is one of the values, none of them null. `folded`: whatever the letter case."""
        if self.declared.kind is Kind.TEXT and (folded or not self.declared.exact_case):
            return reduce(or_, [self.place.where("iexact", value) for value in values])
        if len(values) == 1:
            return self.place.where("exact", values[0])
        return self.place.where("in", list(values))

    def compares(self, operator: Operator, value: object) -> Q:
        """It stands in that relation to the value; not where it is null."""
        holds = self.place.where(_LOOKUPS[operator], value)
        nulls = self.declared.null_as
        return holds & ~self.place.where("in", nulls) if nulls else holds


def subject_of(declared: Property) -> Subject:
    """A property of the row."""
    return Subject(declared, _Column(declared.column) if declared.column else _Nowhere())


def member_of(variable: str, text: ElementText) -> Subject:
    """What a lambda's variable stands for."""
    return Subject(Property(variable), _Member(text))
