"""What is declared of the things and calls that Graph serves here: one source for `$metadata` and OpenAPI.

Each part of Graph has a module `declared` with its `Part`. Types are named as in Microsoft's metadata.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tidegate.odata.resource import Resource


class Primitive(StrEnum):
    """OData's types of single values (Version 4.01, CSDL XML, section 3.3)."""

    STRING = "Edm.String"
    BOOLEAN = "Edm.Boolean"
    INT32 = "Edm.Int32"
    INT64 = "Edm.Int64"
    DOUBLE = "Edm.Double"
    DATE = "Edm.Date"
    DATETIME = "Edm.DateTimeOffset"
    DURATION = "Edm.Duration"
    GUID = "Edm.Guid"


@dataclass(frozen=True)
class EnumType:
    """Words, by qualified name: `microsoft.graph.security.alertStatus`."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Property:
    """A member of an object. `many`: a collection of such values, which is never null itself."""

    name: str
    type: "Primitive | EnumType | Structure"
    many: bool = False
    nullable: bool = True


@dataclass(frozen=True)
class Navigation:
    """Other objects that an object leads to, given where `$expand` asks for them."""

    name: str
    target: "Structure"
    many: bool = True


@dataclass(frozen=True)
class Structure:
    """An object. With `is_entity` it has an id; `is_open`, it may have members that are not declared.

    `base` is what it extends: its members are this one's too.
    """

    name: str
    properties: tuple[Property, ...] = ()
    navigation: tuple[Navigation, ...] = ()
    base: "Structure | None" = None
    is_entity: bool = False
    is_open: bool = False
    is_abstract: bool = False

    @property
    def all_properties(self) -> tuple[Property, ...]:
        """Its own and those of what it extends."""
        return (*(self.base.all_properties if self.base else ()), *self.properties)

    @property
    def all_navigation(self) -> tuple[Navigation, ...]:
        """Its own and that of what it extends."""
        return (*(self.base.all_navigation if self.base else ()), *self.navigation)


class Form(StrEnum):
    """In what form a type is sent."""

    ONE = "one"
    LIST = "list"
    ARRAY = "array"
    NUMBER = "number"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Operation:
    """One call. `path` is below the version, with its keys in braces: `/security/alerts_v2/{alert-id}`.

    `resource` says which query options it takes, `parameters` which others, with what they mean;
    `permissions` which of the API's open it, the least first. `takes` is the body, `takes_many` that it may
    be a list of such.
    """

    method: str
    path: str
    summary: str
    permissions: tuple[str, ...]
    answers: Structure | Primitive | None = None
    form: Form = Form.ONE
    status: int = 200
    takes: Structure | None = None
    takes_many: bool = False
    resource: Resource | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A part of Graph: its types, the sets at which entities are found, and its calls.

    `sets` and `singletons` are paths below the version: `security/alerts_v2`.
    """

    types: tuple[EnumType | Structure, ...] = ()
    sets: Mapping[str, Structure] = field(default_factory=dict)
    singletons: Mapping[str, Structure] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()


ENTITY = Structure(
    "microsoft.graph.entity",
    (Property("id", Primitive.STRING, nullable=False),),
    is_entity=True,
    is_abstract=True,
)
