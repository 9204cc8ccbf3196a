"""The description as a document, in OpenAPI 3.1. It tells nothing of anybody: anybody may read it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

import tidegate
from tidegate.odata.resource import Option
from tidegate.siem.description.operations import OPERATIONS, Operation
from tidegate.siem.description.shapes import SCHEMAS, Schema

_KEY: Final = re.compile(r"\{([^}]+)\}")
_TYPES: Final = {Option.TOP: "integer", Option.SKIP: "integer", Option.COUNT: "boolean"}


@require_safe
def show_openapi(request: HttpRequest) -> HttpResponse:
    """The document."""
    return HttpResponse(write_openapi(), content_type="application/json")


@cache
def write_openapi() -> bytes:
    """The whole document; addresses are relative to where it stands."""
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    document: Schema = {
        "openapi": "3.1.0",
        "info": {
            "title": "The SIEM and Defender APIs, as Tidegate serves them",
            "version": tidegate.__version__,
        },
        "servers": [{"url": "."}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": {
                "error": {"description": "Refused", **_json({"$ref": "#/components/schemas/error"})}
            },
        },
    }
    return msgspec.json.encode(document)


def _describe(operation: Operation) -> Schema:
    apis = ", ".join(operation.apis)
    content = _json(operation.answers) if operation.answers else {}
    described: Schema = {
        "summary": operation.summary,
        "description": f"With a token for: {apis}. Permissions: {operation.permissions}.",
        "parameters": list(_describe_parameters(operation)),
        "responses": {
            "200": {"description": "Done", **content},
            "default": {"$ref": "#/components/responses/error"},
        },
    }
    if operation.takes:
        described["requestBody"] = {"required": True, **_json(operation.takes)}
    return described


def _describe_parameters(operation: Operation) -> Iterator[Schema]:
    for name in _KEY.findall(operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for option in operation.resource.options if operation.resource else ():
        schema: Schema = {"type": _TYPES.get(option, "string")}
        if schema["type"] == "integer":
            schema["minimum"] = 0
        yield {"name": option.value, "in": "query", "schema": schema}
    for name, schema in operation.parameters.items():
        yield {"name": name, "in": "query", "schema": schema}


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}
