"""The published JSON Schema of a document."""

import inspect
import json
from typing import Any, Final

import msgspec

from tidegate.manifest.forms.document import Document

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def make_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12), made from the forms."""
    schema = msgspec.json.schema(Document)
    for form in schema["$defs"].values():
        if "description" in form:
            form["description"] = inspect.cleandoc(form["description"])
    return {"$schema": DIALECT, "title": "Tidegate manifest", **schema}


def write_schema() -> str:
    """The same as the text that is published in docs/manifest.schema.json."""
    return json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"
