"""Microsoft's own description of Graph, where the tests are given it: what is said must fit it.

`TIDEGATE_TEST_GRAPH_DESCRIPTION` names an OpenAPI 3.1 file whose schemas forbid members they do not know.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

PATH = os.environ.get("TIDEGATE_TEST_GRAPH_DESCRIPTION", "")

needs_description = pytest.mark.skipif(
    not PATH, reason="TIDEGATE_TEST_GRAPH_DESCRIPTION names no description of Graph"
)


def faults(method: str, path: str, body: object) -> list[str]:
    """What in an answer the description does not allow."""
    description = _read()
    operation = description["paths"][_find(path)][method.lower()]
    content = operation["responses"]["2XX"].get("content", {}).get("application/json")
    if content is None:
        return []
    schema = {**content["schema"], "components": description["components"]}
    found = Draft202012Validator(schema).iter_errors(body)
    return [
        f"{path}: {'/'.join(map(str, leaf.absolute_path))}: {leaf.message[:200]}" for leaf in _leaves(found)
    ]


def _leaves(errors: Any) -> Any:
    for error in errors:
        if error.context:
            yield from _leaves([inner for inner in error.context if inner.validator_value != "null"])
        else:
            yield error


@cache
def _read() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(Path(PATH).read_text())
    return description


def _find(path: str) -> str:
    asked = "/" + path.partition("?")[0].strip("/")
    known = sorted(_read()["paths"], key=lambda each: each.count("{"))
    found: str = next(
        each for each in known if re.fullmatch(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(each)), asked)
    )
    return found
