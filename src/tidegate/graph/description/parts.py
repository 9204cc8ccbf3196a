"""Everything that is declared, of all parts."""

from collections.abc import Iterator
from typing import Final

from tidegate.graph.audit.declared import PART as AUDIT
from tidegate.graph.directory.declared import PART as DIRECTORY
from tidegate.graph.entitlement.declared import PART as ENTITLEMENT
from tidegate.graph.hunting.declared import PART as HUNTING
from tidegate.graph.model import ENTITY, EnumType, Operation, Part, Structure
from tidegate.graph.security.declared import PART as SECURITY
from tidegate.graph.subscriptions.declared import PART as SUBSCRIPTIONS

PARTS: Final[tuple[Part, ...]] = (SECURITY, HUNTING, DIRECTORY, ENTITLEMENT, AUDIT, SUBSCRIPTIONS)


def all_types() -> dict[str, EnumType | Structure]:
    """Every type by its name, also those that others only refer to, in the order of names."""
    found: dict[str, EnumType | Structure] = {}
    for each in (ENTITY, *(declared for part in PARTS for declared in part.types)):
        _collect(each, found)
    return dict(sorted(found.items()))


def all_operations() -> Iterator[Operation]:
    """Every call."""
    for part in PARTS:
        yield from part.operations


def _collect(kind: EnumType | Structure, found: dict[str, EnumType | Structure]) -> None:
    if found.setdefault(kind.name, kind) is not kind:
        if found[kind.name] != kind:
            raise ValueError(f"{kind.name} is declared twice")
        return
    if isinstance(kind, Structure):
        used = [each.type for each in kind.properties if isinstance(each.type, EnumType | Structure)]
        for each in [*used, *(navigation.target for navigation in kind.navigation)]:
            if each.name not in found:
                _collect(each, found)
        if kind.base and kind.base.name not in found:
            _collect(kind.base, found)
