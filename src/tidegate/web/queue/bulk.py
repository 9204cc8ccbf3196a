"""One change of many incidents: each row its own action, each with its own result."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, InvalidInput, NotFound, Stale
from tidegate.core.ids import parse_uuid
from tidegate.incidents.actions.changes import (
    assign_incident,
    classify_incident,
    set_incident_status,
    tag_incident,
)
from tidegate.incidents.actions.comments import comment_incident
from tidegate.incidents.actions.moving import merge_incidents
from tidegate.incidents.actions.undoing import KINDS, Remembered, remember
from tidegate.incidents.models import Incident
from tidegate.web.queue.choices import read_judgement
from tidegate.web.queue.permissions import May
from tidegate.web.queue.reading import read_number, read_owner, read_tags
from tidegate.web.visit import say

AT_MOST: Final = 200

type Sent = Mapping[str, str]
type Change = Callable[[Scope, Incident, int, Sent], object]


@dataclass(frozen=True, slots=True)
class Ticket:
    """Which incident was selected, and at which version it was shown; of several tenants, in which."""

    number: int
    version: int
    tenant_id: uuid.UUID | None = None

    def __str__(self) -> str:
        text = f"{self.number}.{self.version}"
        return f"{self.tenant_id}.{text}" if self.tenant_id else text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `reason` is empty when it was done, and `was` then how it can be undone."""

    ticket: Ticket
    title: str
    reason: str = ""
    is_invalid: bool = False
    was: Remembered | None = None


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One thing that can be done with many incidents, and the button that begins it."""

    value: str
    label: Promise
    key: str
    permission: Permission
    change: Change
    name: str = "do"


def read_tickets(sent: Sequence[str]) -> list[Ticket]:
    """The rows selected, each once. Raises InvalidInput naming `incident`."""
    if not sent:
        raise InvalidInput(fields={"incident": "must be selected first"})
    if len(sent) > AT_MOST:
        raise InvalidInput(fields={"incident": f"must be at most {AT_MOST}; these are {len(sent)}"})
    tickets = [_read_ticket(text) for text in sent]
    return list({(ticket.tenant_id, ticket.number): ticket for ticket in tickets}.values())


def _read_ticket(text: str) -> Ticket:
    parts = text.split(".")
    tenant_id = parse_uuid(parts[0]) if len(parts) == 3 else None
    if len(parts) != (3 if tenant_id else 2):
        raise InvalidInput(fields={"incident": "must be the number that the page gave"})
    return Ticket(
        number=read_number(parts[-2], "incident", longest=16),
        version=read_number(parts[-1], "incident"),
        tenant_id=tenant_id,
    )


def find_action(value: str) -> BulkAction:
    """The action of a button. Raises InvalidInput naming `do`."""
    if value not in ACTIONS:
        raise InvalidInput(fields={"do": f"must be one of: {', '.join(ACTIONS)}"})
    return ACTIONS[value]


def bulk_actions(may: May) -> list[BulkAction]:
    """The buttons of the bulk bar: those that the visitor may press."""
    allowed = {
        "assign": may.assign,
        "status": may.update,
        "classify": may.classify,
        "tag": may.tag,
        "comment": may.comment,
        "merge": may.update,
    }
    return [action for action in ACTIONS.values() if allowed[action.value]]


def change_many(
    scope: Scope, action: BulkAction, tickets: Sequence[Ticket], incidents: Sequence[Incident], sent: Sent
) -> list[Outcome]:
    """Change row after row; one that is refused does not hold up the others. Raises Forbidden."""
    known = {incident.number: incident for incident in incidents}
    return [_change_one(scope, action, ticket, known.get(ticket.number), sent) for ticket in tickets]


def _change_one(
    scope: Scope, action: BulkAction, ticket: Ticket, incident: Incident | None, sent: Sent
) -> Outcome:
    if incident is None:
        return Outcome(ticket, "", _("There is no such incident."))
    was = remember(scope, action.value, incident) if action.value in KINDS else None
    try:
        changed = action.change(scope, incident, ticket.version, sent)
    except (Conflict, NotFound) as error:
        return Outcome(ticket, incident.display_name, say(error))
    except InvalidInput as error:
        return Outcome(ticket, incident.display_name, say(error), is_invalid=True)
    # What was like that already has no new version, and nothing to undo.
    is_changed = was is not None and isinstance(changed, Incident) and changed.version == was.version
    return Outcome(ticket, incident.display_name, was=was if is_changed else None)


def _assign(scope: Scope, incident: Incident, version: int, sent: Sent) -> object:
    return assign_incident(scope, incident.number, user_id=read_owner(scope, sent), version=version)


def _set_status(scope: Scope, incident: Incident, version: int, sent: Sent) -> object:
    return set_incident_status(scope, incident.number, sent.get("status", ""), version=version)


def _classify(scope: Scope, incident: Incident, version: int, sent: Sent) -> object:
    classification, determination = read_judgement(sent.get("judgement", ""))
    return classify_incident(scope, incident.number, classification, determination, version=version)


def _tag(scope: Scope, incident: Incident, version: int, sent: Sent) -> object:
    added = read_tags(sent)
    if not added:
        raise InvalidInput(fields={"tags": "must not be empty"})
    return tag_incident(scope, incident.number, [*incident.custom_tags, *added], version=version)


def _comment(scope: Scope, incident: Incident, version: int, sent: Sent) -> object:
    return comment_incident(scope, incident.number, sent.get("comment", ""))


def _merge(scope: Scope, incident: Incident, version: int, sent: Sent) -> object:
    tenant, _dot, number = sent.get("into", "").partition(".")
    into = read_number(number, "into", longest=16)
    if parse_uuid(tenant) != scope.tenant_id:
        raise Conflict("Incidents of different tenants are never merged.")
    if incident.number == into:
        return incident
    if incident.version != version:
        raise Stale("Somebody changed this since you opened it. Look again, then decide.")
    return merge_incidents(scope, [incident.number], into=into, reason=sent.get("reason", ""))


ACTIONS: Final[Mapping[str, BulkAction]] = {
    action.value: action
    for action in (
        BulkAction("assign", gettext_lazy("Assign"), "a", Permission.INCIDENT_ASSIGN, _assign),
        BulkAction("status", gettext_lazy("Status"), "s", Permission.INCIDENT_UPDATE, _set_status),
        BulkAction("classify", gettext_lazy("Classify"), "e", Permission.INCIDENT_CLASSIFY, _classify),
        BulkAction("tag", gettext_lazy("Tag"), "t", Permission.INCIDENT_TAG, _tag),
        BulkAction("comment", gettext_lazy("Comment"), "c", Permission.INCIDENT_COMMENT, _comment),
        BulkAction("merge", gettext_lazy("Merge"), "", Permission.INCIDENT_UPDATE, _merge),
    )
}
