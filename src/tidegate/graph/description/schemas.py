"""Declared types as JSON Schema (draft 2020-12), as OpenAPI 3.1 has it."""

from collections.abc import Mapping
from typing import Final

from tidegate.graph.model import EnumType, Primitive, Property, Structure

type Schema = dict[str, object]

_PRIMITIVES: Final[Mapping[Primitive, Schema]] = {
    Primitive.STRING: {"type": "string"},
    Primitive.BOOLEAN: {"type": "boolean"},
    Primitive.INT32: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    Primitive.INT64: {"type": "integer"},
    Primitive.DOUBLE: {"type": "number"},
    Primitive.DATE: {"type": "string", "format": "date"},
    Primitive.DATETIME: {"type": "string", "format": "date-time"},
    Primitive.DURATION: {"type": "string", "format": "duration"},
    Primitive.GUID: {"type": "string", "format": "uuid"},
}
# Annotations: of the object itself, or of one of its members (OData JSON Format 4.01, section 4.6).
_ANNOTATIONS: Final[Schema] = {"@(odata|microsoft)\\.": {}}


def refer(kind: Primitive | EnumType | Structure) -> Schema:
    """The schema of a type, by its name where it has one."""
    if isinstance(kind, Primitive):
        return dict(_PRIMITIVES[kind])
    return {"$ref": f"#/components/schemas/{kind.name}"}


def describe_type(kind: EnumType | Structure) -> Schema:
    """The schema of a named type."""
    if isinstance(kind, EnumType):
        return {"type": "string", "enum": list(kind.words)}
    members = {declared.name: _describe_property(declared) for declared in kind.all_properties}
    for navigation in kind.all_navigation:
        target = refer(navigation.target)
        alone: Schema = {"anyOf": [target, {"type": "null"}]}
        members[navigation.name] = {"type": "array", "items": target} if navigation.many else alone
    described: Schema = {"type": "object", "properties": members}
    if not kind.is_open:
        described |= {"patternProperties": _ANNOTATIONS, "additionalProperties": False}
    return described


def describe_list(kind: Structure) -> Schema:
    """A page of a list."""
    members: Schema = {
        "@odata.context": {"type": "string"},
        "@odata.count": {"type": "integer", "minimum": 0},
        "@odata.nextLink": {"type": "string", "format": "uri"},
        "value": {"type": "array", "items": refer(kind)},
    }
    return {
        "type": "object",
        "required": ["@odata.context", "value"],
        "properties": members,
        "additionalProperties": False,
    }


def describe_error() -> Schema:
    """An error."""
    text = {"type": "string"}
    inner = dict.fromkeys(("date", "request-id", "client-request-id"), text)
    error = {
        "type": "object",
        "required": ["code", "message", "innerError"],
        "properties": {
            "code": text,
            "message": text,
            "innerError": {"type": "object", "required": list(inner), "properties": inner},
        },
    }
    return {"type": "object", "required": ["error"], "properties": {"error": error}}


def _describe_property(declared: Property) -> Schema:
    found = refer(declared.type)
    if declared.many:
        return {"type": "array", "items": found}
    return {"anyOf": [found, {"type": "null"}]} if declared.nullable else found
