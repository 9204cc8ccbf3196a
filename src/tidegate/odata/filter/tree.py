"""What a filter says: conditions over properties, as immutable values.

Nodes know the character at which they began, for messages; it plays no part in whether two are equal.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Operator(StrEnum):
    """Everything that a property can be asked. Values are OData's words."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    IN = "in"
    STARTSWITH = "startswith"
    ENDSWITH = "endswith"
    CONTAINS = "contains"
    ANY = "any"
    ALL = "all"


COMPARISONS = (Operator.EQ, Operator.NE, Operator.GT, Operator.GE, Operator.LT, Operator.LE)
TEXT_FUNCTIONS = (Operator.STARTSWITH, Operator.ENDSWITH, Operator.CONTAINS)
QUANTIFIERS = (Operator.ANY, Operator.ALL)


class Fold(StrEnum):
    """A function that makes all letters of a text the same case."""

    LOWER = "tolower"
    UPPER = "toupper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a filter and where it began, counted from 1."""

    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written in the filter (section 5.1.1.14)."""


@dataclass(frozen=True, slots=True)
class Text(Literal):
    """`'...'`, its doubled quotes made single."""

    value: str


@dataclass(frozen=True, slots=True)
class Number(Literal):
    """A whole number or a decimal."""

    value: int | Decimal


@dataclass(frozen=True, slots=True)
class Boolean(Literal):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null(Literal):
    """`null`."""


@dataclass(frozen=True, slots=True)
class Guid(Literal):
    """A GUID without quotes."""

    value: UUID


@dataclass(frozen=True, slots=True)
class Moment(Literal):
    """A date, or a date and time, without quotes; in UTC."""

    value: datetime


@dataclass(frozen=True, slots=True)
class Word(Literal):
    """A member of an enumeration with its type: `microsoft.graph.security.alertSeverity'high'`."""

    type_name: str
    value: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A property, or a lambda's variable, by the names that lead to it; maybe within tolower()."""

    segments: tuple[str, ...]
    fold: Fold | None = None

    def __str__(self) -> str:
        return "/".join(self.segments)


@dataclass(frozen=True, slots=True)
class And(Node):
    """All of two or more hold."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Or(Node):
    """One of two or more holds."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not(Node):
    """It does not hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """A property and a value: one of `COMPARISONS`, or of `TEXT_FUNCTIONS`."""

    left: Path
    operator: Operator
    right: Literal


@dataclass(frozen=True, slots=True)
class In(Node):
    """A property is equal to one of the values."""

    left: Path
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """A property that is a boolean is true."""

    path: Path


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`any` or `all` of a collection's members meet the body; `any` without one: there are members."""

    path: Path
    quantifier: Operator
    variable: str = ""
    body: "Condition | None" = None


type Condition = And | Or | Not | Comparison | In | Truth | Lambda
