"""Our own description of Graph: every answer must fit it."""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tidegate.graph.description.openapi import write_openapi


@cache
def describe() -> dict[str, Any]:
    """The description as it is served."""
    found: dict[str, Any] = json.loads(write_openapi())
    return found


def faults(method: str, path: str, body: object) -> list[str]:
    """What in the answer of a call the description does not allow."""
    content = _find(path)[method.lower()]["responses"]["200"]["content"]["application/json"]
    schema = {**content["schema"], "components": describe()["components"]}
    found = Draft202012Validator(schema).iter_errors(body)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


def _find(path: str) -> dict[str, Any]:
    asked = "/" + path.partition("?")[0].strip("/")
    known = sorted(describe()["paths"], key=lambda each: each.count("{"))
    name = next(each for each in known if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", each), asked))
    found: dict[str, Any] = describe()["paths"][name]
    return found
