"""Members and words that a document's form does not know, found before anything else, with what is nearest.

msgspec says that a member is unknown, not which was meant; everything else it says well enough.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from tidegate.manifest.forms.document import Document
from tidegate.manifest.places import Misfit, Place, suggest


def check_members(value: object) -> None:
    """Raise Misfit for the first member or word, from the top, that the form does not know."""
    _check(value, inspect.type_info(Document), Place())


def _check(value: object, kind: inspect.Type, place: Place) -> None:
    for form in _forms(kind):
        if isinstance(form, inspect.StructType) and isinstance(value, dict):
            _check_object(value, form, place)
        elif isinstance(form, inspect.ListType) and isinstance(value, list):
            for number, item in enumerate(value):
                _check(item, form.item_type, place.item(number))
    words = _words(kind)
    if words and isinstance(value, str) and value not in words:
        nearest = suggest(value, words) or f"; it is one of: {', '.join(words)}"
        raise Misfit(place, f'there is no such word as "{value}"{nearest}')


def _check_object(value: dict[Any, Any], form: inspect.StructType, place: Place) -> None:
    members = {field.encode_name: field.type for field in form.fields}
    for name, inner in value.items():
        if name not in members:
            nearest = suggest(str(name), list(members)) or f"; it is one of: {', '.join(members)}"
            raise Misfit(place, f'there is no member "{name}" here{nearest}')
        _check(inner, members[name], place.member(name))


def _forms(kind: inspect.Type) -> Iterator[inspect.Type]:
    """The types that a value may have here, without what annotations say of them."""
    if isinstance(kind, inspect.Metadata):
        yield from _forms(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _forms(one)
    else:
        yield kind


def _words(kind: inspect.Type) -> list[str]:
    """The words to which a text is bound here; none where any will do."""
    if isinstance(kind, inspect.UnionType):
        found = [_words(one) for one in kind.types if not isinstance(one, inspect.NoneType)]
        return [word for words in found for word in words] if all(found) else []
    if isinstance(kind, inspect.Metadata):
        return list((kind.extra_json_schema or {}).get("enum", ())) or _words(kind.type)
    if isinstance(kind, inspect.EnumType):
        return [member.value for member in kind.cls]
    if isinstance(kind, inspect.LiteralType):
        return [word for word in kind.values if isinstance(word, str)]
    return []
