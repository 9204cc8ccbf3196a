"""What a program asks to change of an alert or incident, and to say about it.

Members that cannot be set are passed over (OData Version 4.01, Part 1, section 11.4.3); those that there are
not are refused, as Graph refuses them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from tidegate.connectors.graph_words import (
    ALIASES,
    AlertStatus,
    Classification,
    Determination,
    IncidentStatus,
    canonical_word,
)
from tidegate.core.errors import InvalidInput
from tidegate.graph.bodies import Body
from tidegate.graph.model import Structure
from tidegate.graph.security import types
from tidegate.incidents.actions.updates import Update

_NOTHING: Final = "unknown"


def read_alert_update(members: Mapping[str, Any]) -> Update:
    """The update of an alert. Raises InvalidInput."""
    body = _check(members, types.ALERT)
    return Update(
        status=_read_status(body, AlertStatus),
        classification=_read_judgement(body, "classification", Classification),
        determination=_read_judgement(body, "determination", Determination),
        assigned_to=_read_name(body),
    )


def read_incident_update(members: Mapping[str, Any]) -> Update:
    """The update of an incident. Raises InvalidInput."""
    body = _check(members, types.INCIDENT)
    return Update(
        status=_read_status(body, IncidentStatus),
        classification=_read_judgement(body, "classification", Classification),
        determination=_read_judgement(body, "determination", Determination),
        assigned_to=_read_name(body),
        tags=_read_tags(body),
    )


def read_comments(value: object) -> list[str]:
    """What is to be said: one comment, or several, as clients send either. Raises InvalidInput."""
    bodies = [Body(one) for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    if len(bodies) != (len(value) if isinstance(value, list) else 1):
        raise InvalidInput("The body must be a comment or a list of comments.")
    return [body.text("comment") for body in bodies]


def _check(members: Mapping[str, Any], structure: Structure) -> Body:
    known = {found.name for found in structure.all_properties}
    known |= {found.name for found in structure.all_navigation}
    for name in members:
        if "@" not in name and name not in known:
            type_name = structure.name
            raise InvalidInput(f"The property '{name[:100]}' does not exist on type '{type_name}'.")
    return Body(members)


def _read_status(body: Body, words: type[StrEnum]) -> str | None:
    if "status" not in body.members:
        return None
    return canonical_word(words, body.text("status"))


def _read_judgement(body: Body, name: str, words: type[StrEnum]) -> str | None:
    if name not in body.members:
        return None
    return canonical_word(words, body.text(name, _NOTHING), ALIASES.get(words))


def _read_name(body: Body) -> str | None:
    return body.text("assignedTo") if "assignedTo" in body.members else None


def _read_tags(body: Body) -> list[str] | None:
    if "customTags" not in body.members:
        return None
    tags = body.members["customTags"] or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise InvalidInput(fields={"customTags": "must be a list of texts"})
    return tags
