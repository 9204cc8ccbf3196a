"""Shorthand for declarations: members of one type by their names, and the calls that most sets have."""

from collections.abc import Iterator

from tidegate.graph.model import ENTITY, EnumType, Form, Operation, Primitive, Property, Structure
from tidegate.odata.resource import Resource

_NAMESPACE = "microsoft.graph"


def words(name: str, members: str) -> EnumType:
    """An enumeration of `microsoft.graph`."""
    return EnumType(f"{_NAMESPACE}.{name}", tuple(members.split()))


def value(name: str, *properties: Property, is_open: bool = False) -> Structure:
    """A complex type of `microsoft.graph`."""
    return Structure(f"{_NAMESPACE}.{name}", properties, is_open=is_open)


def entity(name: str, *properties: Property, is_open: bool = False) -> Structure:
    """An entity type of `microsoft.graph` without navigation."""
    return Structure(f"{_NAMESPACE}.{name}", properties, base=ENTITY, is_entity=True, is_open=is_open)


def texts(names: str) -> Iterator[Property]:
    """Members that are texts or null."""
    return (Property(name, Primitive.STRING) for name in names.split())


def times(names: str) -> Iterator[Property]:
    """Members that are instants or null."""
    return (Property(name, Primitive.DATETIME) for name in names.split())


def flags(names: str) -> Iterator[Property]:
    """Members that are true, false or null."""
    return (Property(name, Primitive.BOOLEAN) for name in names.split())


def lists(names: str) -> Iterator[Property]:
    """Members that are lists of texts."""
    return (Property(name, Primitive.STRING, many=True) for name in names.split())


def listed(
    path: str,
    summary: str,
    kind: Structure,
    permissions: tuple[str, ...],
    resource: Resource,
    *,
    is_counted: bool = True,
) -> Iterator[Operation]:
    """A list, and how many it has."""
    yield Operation("GET", path, summary, permissions, kind, Form.LIST, resource=resource)
    if is_counted:
        yield Operation(
            "GET",
            f"{path}/$count",
            f"{summary}: how many",
            permissions,
            Primitive.INT64,
            Form.NUMBER,
            resource=resource,
        )


def shown(
    path: str, summary: str, kind: Structure, permissions: tuple[str, ...], resource: Resource | None = None
) -> Operation:
    """One object."""
    shaped = resource.one_object() if resource else None
    return Operation("GET", path, summary, permissions, kind, resource=shaped)


def made(path: str, summary: str, kind: Structure, permission: str) -> Operation:
    """An object is made."""
    return Operation("POST", path, summary, (permission,), kind, status=201, takes=kind)


def done(method: str, path: str, summary: str, permission: str, takes: Structure | None = None) -> Operation:
    """Something is done, and nothing is said."""
    return Operation(method, path, summary, (permission,), form=Form.NOTHING, status=204, takes=takes)
