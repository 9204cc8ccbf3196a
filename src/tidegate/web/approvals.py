"""What an approver reads of a request before they decide, and the decisions on several at once."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from tidegate.authorization.scope import Actor
from tidegate.core.errors import InvalidInput, TidegateError
from tidegate.core.ids import parse_uuid
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.contents import contents_of
from tidegate.entitlements.history import longest_duration
from tidegate.entitlements.inbox import list_pending
from tidegate.entitlements.models import AssignmentRequest, RequestStage
from tidegate.entitlements.words import RequestType, StageState
from tidegate.web.access_words import say_contents
from tidegate.web.frame import TenantBadge, tenant_badge
from tidegate.web.links import tenant_link
from tidegate.web.spans import say_span
from tidegate.web.visit import say

MANY: Final = 100


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One request of the inbox. `ticket` names it with its tenant, for a form that holds several."""

    request: AssignmentRequest
    badge: TenantBadge
    ticket: str
    title: str
    gives: str
    lasts: str
    lapses_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request stands among those that wait: "1 of 2", with the ways to the ones beside it."""

    number: int
    total: int
    previous_url: str
    next_url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one decision; `reason` is empty when it was made."""

    row: WaitingRow
    reason: str


def waiting_rows(requests: Sequence[AssignmentRequest]) -> list[WaitingRow]:
    """Requests that wait. Three statements, however many."""
    contents = contents_of(request.package for request in requests)
    lapses = _lapses(requests)
    return [
        WaitingRow(
            request=request,
            badge=tenant_badge(request.tenant_id, request.tenant.display_name),
            ticket=f"{request.tenant_id}:{request.id}",
            title=say_who_asks(request),
            gives=say_contents(contents[request.package_id]),
            lasts=say_span(safe_longest(request)),
            lapses_at=lapses.get(request.id),
            url=approval_url(request),
        )
        for request in requests
    ]


def say_who_asks(request: AssignmentRequest) -> str:
    """Who asks for what: "Ines Vermaat of Veldwacht MDR asks to enter Meridaal Zorggroep"."""
    home = request.requestor_tenant_name
    names = {
        "person": request.requestor_name or request.requestor_email,
        "home": home,
        "tenant": request.tenant.display_name,
    }
    is_outside = bool(home) and request.requestor_tenant_id != request.tenant_id
    if request.request_type == RequestType.USER_EXTEND:
        words = _("%(person)s of %(home)s asks to stay longer in %(tenant)s")
        own = _("%(person)s asks to keep access for longer in %(tenant)s")
    else:
        words = _("%(person)s of %(home)s asks to enter %(tenant)s")
        own = _("%(person)s asks for access in %(tenant)s")
    return (words if is_outside else own) % names


def safe_longest(request: AssignmentRequest) -> timedelta | None:
    """How long the access would last; nothing for one whose last day has passed while it waited."""
    try:
        return longest_duration(request)
    except InvalidInput:
        return timedelta(0)


def approval_url(request: AssignmentRequest) -> str:
    """The page on which a request is decided."""
    return tenant_link("approval", str(request.tenant_id), request.id)


def place_among(actor: Actor, request: AssignmentRequest) -> Place | None:
    """Where a request stands in all that waits for somebody; None when it does not."""
    waiting = list(list_pending(actor))
    ids = [one.id for one in waiting]
    if request.id not in ids:
        return None
    at = ids.index(request.id)
    before, after = waiting[at - 1 : at], waiting[at + 1 : at + 2]
    return Place(
        number=at + 1,
        total=len(ids),
        previous_url=approval_url(before[0]) if before else "",
        next_url=approval_url(after[0]) if after else "",
    )


def bulk_actions() -> list[dict[str, str]]:
    """What can be done with several requests at once, for the bar below a table."""
    return [
        {"label": _("Approve"), "name": "do", "value": "approve", "key": "a"},
        {"label": _("Deny"), "name": "do", "value": "deny", "key": "d"},
    ]


def reads_approval(word: str) -> bool:
    """Whether a form's word approves. Raises InvalidInput naming `decision`."""
    if word not in {"approve", "deny"}:
        raise InvalidInput(fields={"decision": "must be approve or deny"})
    return word == "approve"


def read_tickets(texts: Iterable[str]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Tenant and request of each row that a form sent. Raises InvalidInput for none, many, or nonsense."""
    tickets = [tuple(map(parse_uuid, text.partition(":")[::2])) for text in dict.fromkeys(texts)]
    found = [(tenant_id, request_id) for tenant_id, request_id in tickets if tenant_id and request_id]
    if not found or len(found) < len(tickets):
        raise InvalidInput(fields={"requests": "must be selected first"})
    return found[:MANY]


def decide_each(
    actor: Actor, rows: Sequence[WaitingRow], *, approves: bool, justification: str
) -> list[Outcome]:
    """Decide each by itself: one that is refused keeps none of the others from being decided."""
    return [Outcome(row, _decide(actor, row.request, approves, justification)) for row in rows]


def _decide(actor: Actor, request: AssignmentRequest, approves: bool, justification: str) -> str:  # noqa: FBT001
    try:
        decide(actor, request.tenant_id, request.id, approves=approves, justification=justification)
    except TidegateError as error:
        return say(error)
    return ""


def _lapses(requests: Sequence[AssignmentRequest]) -> dict[uuid.UUID, datetime | None]:
    stages = RequestStage.objects.across_tenants().filter(
        tenant_id__in={request.tenant_id for request in requests},
        request_id__in={request.id for request in requests},
        state=StageState.IN_PROGRESS,
    )
    return dict(stages.values_list("request_id", "expires_at"))
