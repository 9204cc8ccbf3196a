"""One change of incidents of several tenants: each tenant opened by the gate, each row by its role there."""

import uuid
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.directory.models import User
from tidegate.directory.queries import assignable_users
from tidegate.incidents.models import Incident
from tidegate.incidents.queue import list_numbered
from tidegate.web.many_visit import ManyVisit
from tidegate.web.queue.bulk import BulkAction, Outcome, Sent, Ticket, change_many
from tidegate.web.queue.choices import OWNERS_AT_MOST, Choice


def find_incidents(visit: ManyVisit, tickets: Sequence[Ticket]) -> list[Incident]:
    """Those of the incidents that are there, tenant after tenant in the order they were sent."""
    found: list[Incident] = []
    for tenant_id, chosen in _by_tenant(tickets).items():
        scope = _open(visit, tenant_id)
        if scope:
            found += list_numbered(scope, [ticket.number for ticket in chosen])
    return found


def change_across(
    visit: ManyVisit, action: BulkAction, tickets: Sequence[Ticket], sent: Sent
) -> list[Outcome]:
    """Change row after row; what is refused in one tenant holds up no other."""
    outcomes: list[Outcome] = []
    for tenant_id, chosen in _by_tenant(tickets).items():
        outcomes += _change_in(_open(visit, tenant_id), action, chosen, sent)
    return outcomes


def colleague_choices(visit: ManyVisit) -> list[Choice]:
    """Who may be given something in several tenants: the members of the visitor's own, by their accounts."""
    home = visit.actor.home_tenant_id
    if home is None:
        return []
    users = assignable_users(home, clock.now()).filter(
        user_type=User.UserType.MEMBER, account_id__isnull=False
    )
    return [Choice(str(user.account_id), user.display_name) for user in users[:OWNERS_AT_MOST]]


def _change_in(
    scope: Scope | None, action: BulkAction, tickets: Sequence[Ticket], sent: Sent
) -> list[Outcome]:
    if scope is None:
        return [Outcome(ticket, "", _("There is no such incident.")) for ticket in tickets]
    incidents = list_numbered(scope, [ticket.number for ticket in tickets])
    there = _owner_there(scope, sent) if action.value == "assign" else sent
    if scope.allows(action.permission) and there is not None:
        return change_many(scope, action, tickets, incidents, there)
    problem = _("They may not enter this tenant.")
    if there is not None:
        problem = _("Your role in this tenant does not allow it.")
    titles = {incident.number: incident.display_name for incident in incidents}
    return [Outcome(ticket, titles.get(ticket.number, ""), problem) for ticket in tickets]


def _owner_there(scope: Scope, sent: Sent) -> Sent | None:
    """The form as it would have been sent in this tenant: a colleague as the user that they are there.

    None where they may not enter.
    """
    text = sent.get("assigned", "")
    if text in {"", "me"}:
        return sent
    account_id = parse_uuid(text)
    if account_id is None:
        return None
    user = assignable_users(scope.tenant_id, clock.now()).filter(account_id=account_id).first()
    return {"assigned": str(user.id)} if user else None


def _open(visit: ManyVisit, tenant_id: uuid.UUID) -> Scope | None:
    try:
        return visit.open(tenant_id)
    except NotFound:
        return None


def _by_tenant(tickets: Sequence[Ticket]) -> Mapping[uuid.UUID, list[Ticket]]:
    groups: dict[uuid.UUID, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.tenant_id is None:
            raise InvalidInput(fields={"incident": "must be the number that the page gave"})
        groups.setdefault(ticket.tenant_id, []).append(ticket)
    return groups
