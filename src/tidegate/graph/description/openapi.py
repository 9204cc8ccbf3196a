"""Our own description of what is served, in OpenAPI 3.1."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

import tidegate
from tidegate.graph.description.parts import all_operations, all_types
from tidegate.graph.description.schemas import (
    Schema,
    describe_error,
    describe_list,
    describe_type,
    refer,
)
from tidegate.graph.model import Form, Operation, Primitive, Structure
from tidegate.odata.resource import Option, Resource

_KEY: Final = re.compile(r"\{([^}]+)\}")
_OPTIONS: Final = {
    Option.FILTER: ("string", "Narrows the list."),
    Option.SELECT: ("string", "The members to be given, by comma."),
    Option.EXPAND: ("string", "Related objects to be given with each."),
    Option.ORDERBY: ("string", "The order, as `name desc`."),
    Option.TOP: ("integer", "How many in a page."),
    Option.SKIP: ("integer", "How many to pass over."),
    Option.COUNT: ("boolean", "Whether to count all that the filter leaves."),
    Option.SEARCH: ("string", "What to look for."),
    Option.SKIPTOKEN: ("string", "The place in the list, as a link onwards gives it."),
    Option.FORMAT: ("string", "`json`."),
}


@cache
def write_openapi() -> bytes:
    """The whole document; addresses are relative to where it stands."""
    paths: dict[str, Schema] = {}
    for operation in all_operations():
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    refused = {"description": "Refused", **_json({"$ref": "#/components/schemas/error"})}
    document: Schema = {
        "openapi": "3.1.0",
        "info": {"title": "Microsoft Graph, as Tidegate serves it", "version": tidegate.__version__},
        "servers": [{"url": "."}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {
                "error": describe_error(),
                **{name: describe_type(kind) for name, kind in all_types().items()},
            },
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": {"error": refused},
        },
    }
    return msgspec.json.encode(document)


def _describe(operation: Operation) -> Schema:
    described: Schema = {
        "summary": operation.summary,
        "description": f"Permissions: {', '.join(operation.permissions) or 'none'}.",
        "parameters": list(_describe_parameters(operation)),
        "responses": {
            str(operation.status): _describe_answer(operation),
            "default": {"$ref": "#/components/responses/error"},
        },
    }
    if operation.takes:
        described["requestBody"] = {"required": True, **_json(_describe_body(operation, operation.takes))}
    return described


def _describe_parameters(operation: Operation) -> Iterator[Schema]:
    for name in _KEY.findall(operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if operation.resource:
        yield from _describe_options(operation.resource)
    for name, meaning in operation.parameters.items():
        yield {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}


def _describe_options(resource: Resource) -> Iterator[Schema]:
    details = {
        Option.FILTER: ", ".join(found.name for found in resource.properties),
        Option.ORDERBY: ", ".join(resource.orderable),
        Option.EXPAND: ", ".join(resource.expandable),
    }
    for option in Option:
        if option in resource.options and (option not in details or details[option]):
            kind, meaning = _OPTIONS[option]
            more = f" Of: {details[option]}." if option in details else ""
            schema: Schema = {"type": kind}
            if option is Option.TOP:
                schema |= {"minimum": 0, "maximum": resource.largest_top, "default": resource.default_top}
            yield {"name": option.value, "in": "query", "description": meaning + more, "schema": schema}


def _describe_answer(operation: Operation) -> Schema:
    kind = operation.answers
    if operation.form is Form.NUMBER:
        return {"description": "The number", "content": {"text/plain": {"schema": {"type": "integer"}}}}
    if kind is None or operation.form is Form.NOTHING:
        return {"description": "Done"}
    if operation.form is Form.ARRAY:
        return {"description": "All of them", **_json({"type": "array", "items": refer(kind)})}
    if operation.form is Form.LIST and isinstance(kind, Structure):
        return {"description": "A page", **_json(describe_list(kind))}
    return {"description": "The object", **_json(refer(kind))}


def _describe_body(operation: Operation, kind: Structure | Primitive) -> Schema:
    one = refer(kind)
    return {"anyOf": [one, {"type": "array", "items": one}]} if operation.takes_many else one


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}
