"""`$metadata`: the declared types in OData's schema language (CSDL XML, Version 4.0, as Graph's own)."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

from tidegate.graph.description.parts import PARTS, all_types
from tidegate.graph.model import EnumType, Navigation, Primitive, Property, Structure

_ENVELOPE: Final = "http://docs.oasis-open.org/odata/ns/edmx"
_SCHEMA: Final = "http://docs.oasis-open.org/odata/ns/edm"
_CONTAINER: Final = "microsoft.graph"


@cache
def write_metadata() -> bytes:
    """The whole document."""
    ET.register_namespace("edmx", _ENVELOPE)
    root = ET.Element(f"{{{_ENVELOPE}}}Edmx", Version="4.0")
    services = ET.SubElement(root, f"{{{_ENVELOPE}}}DataServices")
    schemas: dict[str, ET.Element] = {}
    for namespace, types in _by_namespace(all_types()).items():
        schemas[namespace] = ET.SubElement(services, "Schema", xmlns=_SCHEMA, Namespace=namespace)
        for kind in types:
            _write_type(schemas[namespace], kind)
    _write_container(schemas[_CONTAINER])
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root)


def _by_namespace(types: Mapping[str, EnumType | Structure]) -> Mapping[str, list[EnumType | Structure]]:
    found: defaultdict[str, list[EnumType | Structure]] = defaultdict(list)
    for name, kind in types.items():
        found[name.rpartition(".")[0]].append(kind)
    return found


def _write_type(schema: ET.Element, kind: EnumType | Structure) -> None:
    name = kind.name.rpartition(".")[2]
    if isinstance(kind, EnumType):
        element = ET.SubElement(schema, "EnumType", Name=name)
        for value, word in enumerate(kind.words):
            ET.SubElement(element, "Member", Name=word, Value=str(value))
        return
    element = ET.SubElement(schema, "EntityType" if kind.is_entity else "ComplexType", Name=name)
    if kind.base:
        element.set("BaseType", kind.base.name)
    if kind.is_abstract:
        element.set("Abstract", "true")
    if kind.is_open:
        element.set("OpenType", "true")
    if kind.is_entity and kind.base is None:
        key = ET.SubElement(element, "Key")
        ET.SubElement(key, "PropertyRef", Name="id")
    for declared in kind.properties:
        _write_property(element, declared)
    for navigation in kind.navigation:
        _write_navigation(element, navigation)


def _write_property(element: ET.Element, declared: Property) -> None:
    name = declared.type.value if isinstance(declared.type, Primitive) else declared.type.name
    kind = f"Collection({name})" if declared.many else name
    found = ET.SubElement(element, "Property", Name=declared.name, Type=kind)
    if not declared.nullable:
        found.set("Nullable", "false")


def _write_navigation(element: ET.Element, navigation: Navigation) -> None:
    target = navigation.target.name
    kind = f"Collection({target})" if navigation.many else target
    ET.SubElement(element, "NavigationProperty", Name=navigation.name, Type=kind, ContainsTarget="true")


def _write_container(schema: ET.Element) -> None:
    """Sets at the root stand as themselves; those below a path are within a singleton of its first name."""
    container = ET.SubElement(schema, "EntityContainer", Name="GraphService")
    for part in PARTS:
        for path, structure in part.sets.items():
            if "/" not in path:
                ET.SubElement(container, "EntitySet", Name=path, EntityType=structure.name)
        for path, structure in part.singletons.items():
            if "/" not in path:
                ET.SubElement(container, "Singleton", Name=path, Type=structure.name)
