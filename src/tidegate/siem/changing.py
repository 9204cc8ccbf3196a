"""What a body says is to be changed of an alert or an incident."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.incidents.actions.updates import Update
from tidegate.siem.bodies import Members, choose_word, read_text
from tidegate.siem.errors import BadBody
from tidegate.siem.words import CLASSIFICATIONS, DETERMINATIONS

_NOTHING = "unknown"


@dataclass(frozen=True, slots=True)
class Wish:
    """New values, and what is to be said with them; nothing for an empty text."""

    update: Update
    comment: str


def read_wish(members: Members, statuses: Mapping[str, str]) -> Wish:
    """What a body asks for; members that are not known are passed over. Raises InvalidInput, BadBody."""
    return Wish(
        Update(
            status=choose_word(members, "status", statuses),
            classification=_judgement(members, "classification", CLASSIFICATIONS),
            determination=_judgement(members, "determination", DETERMINATIONS),
            assigned_to=read_text(members, "assignedTo"),
            tags=_tags(members),
        ),
        (read_text(members, "comment") or "").strip(),
    )


def _judgement(members: Members, name: str, words: Mapping[str, str]) -> str | None:
    """Null takes a judgement back."""
    if name in members and members[name] is None:
        return _NOTHING
    return choose_word(members, name, words)


def _tags(members: Members) -> list[str] | None:
    if members.get("tags") is None:
        return None
    tags = members["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise BadBody(fields={"tags": "must be a list of texts"})
    return tags
