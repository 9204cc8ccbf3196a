"""What an address asks of a list over several tenants: text, choices, a form's fields, one tenant."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from django.utils.functional import Promise

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid

type Label = str | Promise

LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A menu that narrows a list: a parameter, its values and their words. The first is the usual one."""

    name: str
    label: Label
    options: Sequence[tuple[str, Label]]


class FilterForm(Protocol):
    """A form of the address's parameters that comes to one value."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """Its parameters, by name."""

    def read_filter(self) -> Any:
        """What they come to. Raises InvalidInput naming each bad field."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is asked. `params` is as it stands in the address, without what is left open."""

    params: Mapping[str, str]
    text: str = ""
    tenant_id: uuid.UUID | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)
    filter: Any = None

    @property
    def tenant_ids(self) -> list[uuid.UUID]:
        """The one tenant asked for, or none."""
        return [self.tenant_id] if self.tenant_id else []

    def kept(self) -> dict[str, str]:
        """What a search for other text keeps."""
        return {name: value for name, value in self.params.items() if name != "q"}

    @property
    def is_any(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.params)


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice as a menu: its word, what is chosen, and the addresses that choose otherwise."""

    label: Label
    value: Label
    items: list[tuple[Label, str, bool]]


def read_given(asked: Mapping[str, str], choices: Sequence[Choice], form: FilterForm | None = None) -> Given:
    """Read an address's parameters. Raises InvalidInput naming the one that cannot be read."""
    text, tenant_id = read_text(asked), read_tenant(asked)
    chosen = {choice.name: _choose(asked, choice) for choice in choices}
    names = ["tenant", *chosen, *(form.fields if form is not None else ["q"])]
    params = {name: value for name in names if (value := asked.get(name, ""))}
    return Given(params, text, tenant_id, chosen, form.read_filter() if form is not None else None)


def read_text(asked: Mapping[str, str]) -> str:
    """What is searched for. Raises InvalidInput."""
    text = asked.get("q", "").strip()
    if len(text) > LONGEST or "\0" in text:
        raise InvalidInput(fields={"q": f"must be at most {LONGEST} characters"})
    return text


def read_tenant(asked: Mapping[str, str]) -> uuid.UUID | None:
    """The one tenant to which a list is narrowed, if it is. Raises InvalidInput."""
    tid = asked.get("tenant", "")
    tenant_id = parse_uuid(tid)
    if tid and tenant_id is None:
        raise InvalidInput(fields={"tenant": "must be a directory ID"})
    return tenant_id


def describe_choices(choices: Sequence[Choice], given: Given, link: Callable[..., str]) -> list[Menu]:
    """The menus of a list; `link` gives its address with another choice."""
    menus = []
    for choice in choices:
        usual, current = choice.options[0][0], given.chosen[choice.name]
        items = [
            (words, link(**{choice.name: "" if value == usual else value}), value == current)
            for value, words in choice.options
        ]
        menus.append(Menu(choice.label, dict(choice.options)[current], items))
    return menus


def _choose(asked: Mapping[str, str], choice: Choice) -> str:
    known = [value for value, _words in choice.options]
    value = asked.get(choice.name, "") or known[0]
    if value not in known:
        raise InvalidInput(fields={choice.name: "must be one of: " + ", ".join(filter(None, known))})
    return value
