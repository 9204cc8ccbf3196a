"""A document's text, YAML (which JSON is, too), becomes a `Document`, or a Misfit that says where."""

import re
from types import MappingProxyType
from typing import Any, Final

import msgspec
import yaml

from tidegate.manifest.checking import check_members
from tidegate.manifest.forms.document import Document
from tidegate.manifest.places import Misfit, Place

LONGEST: Final = 16 * 1024 * 1024
_WHERE: Final = re.compile(r" - at `\$\.?(.*)`$")

_TYPES: Final = re.compile(r"Expected `(.*)`, got `(.*)`")
_KINDS: Final = MappingProxyType(
    {
        "str": "text",
        "uuid": "an id",
        "object": "an object",
        "array": "a list",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "null": "nothing",
    }
)


def read_document(text: str) -> Document:
    """Read YAML or JSON. Raises Misfit."""
    if len(text) > LONGEST:
        raise Misfit(Place(), f"The document is longer than {LONGEST // 1024 // 1024} MB.")
    value = _load(text)
    check_members(value)
    try:
        return msgspec.convert(value, Document)
    except msgspec.ValidationError as error:
        raise _describe(str(error)) from None


def _load(text: str) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader, made stricter
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Misfit(Place(), f"{where}{error.problem or 'this is neither YAML nor JSON'}") from None
    except (yaml.YAMLError, RecursionError):
        raise Misfit(Place(), "This is neither YAML nor JSON.") from None


def _describe(words: str) -> Misfit:
    found = _WHERE.search(words)
    path = found.group(1) if found else ""
    reason = words[: found.start()] if found else words
    if (types := _TYPES.fullmatch(reason)) is not None:
        wanted, got = ([_KINDS.get(one, one) for one in side.split(" | ")] for side in types.groups())
        return Misfit(Place(path), f"must be {' or '.join(wanted)}, and is {got[0]}")
    reason = reason.replace("Object missing required field", "lacks the member")
    return Misfit(Place(path), reason.replace("`", '"'))


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain texts, as people expect them: `NO` is Norway, and a date is kept as written."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  PyYAML's signature
        """Refuse a member that is there twice: one of the two would be lost without a word."""
        seen: set[object] = set()
        for key, _value in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f'the member "{name}" is there twice', key.start_mark
                )
            seen.add(name)
        return super().construct_mapping(node, deep)


_PLAIN_ONLY: Final = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")
_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag not in _PLAIN_ONLY]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
