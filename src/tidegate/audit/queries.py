"""Reading a tenant's record: filtered, newest first, or what came since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.db.models import F, Q, QuerySet

from tidegate.audit.models import AuditEvent, ChainHead
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ActorKind, ManyScope, Relation, Scope, require
from tidegate.core.errors import NotFound
from tidegate.core.paging import Page, SortKey, take_page

_ORDER: Final = (SortKey("sequence"),)
ORDER_OF_MANY: Final = (SortKey("at"), SortKey("id"))
"""Chains have nothing in common but the time."""

_BATCH: Final = 1000
NEWER_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What is asked of the record. Empty text and None leave a condition out.

    `actor` is part of a name or a whole address; `target` is "type:id" or part of a name; `tag` is how tags
    begin; from `since` up to, not at, `until`.
    """

    actor: str = ""
    outside: bool = False
    tag: str = ""
    result: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Thing(Protocol):
    """What something was done to: an `audit.actions.Target`, or what reads like one."""

    @property
    def type(self) -> str:
        """Its kind, like "incident"."""

    @property
    def id(self) -> str:
        """Its id within the tenant."""


def list_events(scope: Scope | ManyScope, chosen: EventFilter) -> QuerySet[AuditEvent]:
    """The tenant's events that a filter leaves, newest first. Raises Forbidden."""
    require(scope, Permission.AUDIT_READ)
    rows: QuerySet[AuditEvent] = AuditEvent.objects.in_scope(scope).order_by("-sequence")
    if chosen.outside:
        # Programs of other tenants are outside as much as people are.
        rows = rows.exclude(actor_kind=ActorKind.SYSTEM).exclude(actor_relation=Relation.MEMBER)
        rows = rows.exclude(actor_home_tenant_id=F("tenant_id"))
    if chosen.actor:
        rows = rows.filter(Q(actor_name__icontains=chosen.actor) | Q(actor_email__iexact=chosen.actor))
    if chosen.target:
        rows = rows.filter(_about(chosen.target))
    if chosen.tag:
        rows = rows.filter(tag__startswith=chosen.tag)
    if chosen.result:
        rows = rows.filter(result=chosen.result)
    if chosen.since:
        rows = rows.filter(at__gte=chosen.since)
    return rows.filter(at__lt=chosen.until) if chosen.until else rows


def page_events(scope: Scope, chosen: EventFilter, cursor: str) -> Page[AuditEvent]:
    """One page of them. Raises Forbidden, InvalidInput."""
    return take_page(list_events(scope, chosen), _ORDER, cursor=cursor)


def list_newer(scope: Scope, chosen: EventFilter, sequence: int) -> list[AuditEvent]:
    """What the filter leaves of the events after this one, newest first, 200 at most. Raises Forbidden."""
    return list(list_events(scope, chosen).filter(sequence__gt=sequence)[:NEWER_AT_MOST])


def get_event(scope: Scope, sequence: int) -> AuditEvent:
    """One event by its place in the chain. Raises NotFound, Forbidden."""
    event = list_events(scope, EventFilter()).filter(sequence=sequence).first()
    if event is None:
        raise NotFound("There is no such event.")
    return event


def last_sequence(scope: Scope) -> int:
    """How many events the chain counts. Raises Forbidden."""
    require(scope, Permission.AUDIT_READ)
    head = ChainHead.objects.filter(tenant_id=scope.tenant_id).first()
    return head.sequence if head else 0


def iterate_events(scope: Scope, chosen: EventFilter, up_to: int) -> Iterator[AuditEvent]:
    """Every event that the filter leaves up to this one, oldest first, a batch in memory at a time."""
    rows = list_events(scope, chosen).filter(sequence__lte=up_to).order_by("sequence")
    after = 0
    while batch := list(rows.filter(sequence__gt=after)[:_BATCH]):
        yield from batch
        after = batch[-1].sequence


def _about(text: str) -> Q:
    kind, colon, target_id = text.partition(":")
    if colon and kind and target_id:
        return Q(target_type=kind, target_id=target_id)
    return Q(target_name__icontains=text)
