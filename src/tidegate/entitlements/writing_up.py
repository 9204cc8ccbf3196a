"""Broken glass as people see it: what its holder still owes, and what the customer is to look at."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import WriteUp


@dataclass(frozen=True, slots=True)
class Alarm:
    """What of broken glass a customer is told on its first page: open now, unwritten, written and unseen."""

    open_now: tuple[WriteUp, ...]
    awaited: int
    unseen: int

    def __bool__(self) -> bool:
        return bool(self.open_now or self.awaited or self.unseen)


def owed_by(account_id: uuid.UUID, at: datetime | None = None) -> QuerySet[WriteUp]:
    """The write-ups that a person owes, in every tenant: access over, nothing written. Soonest due first."""
    unwritten = WriteUp.objects.across_tenants().filter(account_id=account_id, written_at__isnull=True)
    owed = unwritten.filter(assignment__ends_at__lte=at or clock.now())
    return owed.select_related("tenant", "assignment", "assignment__package").order_by("due_at", "id")


def own_write_ups(actor: Actor) -> QuerySet[WriteUp]:
    """A person's own write-ups, in every tenant, also where they may no longer enter; newest first."""
    rows = WriteUp.objects.across_tenants()
    if actor.account_id is None:
        return rows.none()
    own = rows.filter(account_id=actor.account_id).order_by("-due_at", "-id")
    return own.select_related("tenant", "assignment", "assignment__package", "assignment__user")


def get_own_write_up(actor: Actor, tenant_id: uuid.UUID, assignment_id: uuid.UUID) -> WriteUp:
    """One of them. Raises NotFound, the same for one that is absent and one of others."""
    found = own_write_ups(actor).filter(tenant_id=tenant_id, assignment_id=assignment_id).first()
    if found is None:
        raise NotFound("There is no such write-up.")
    return found


def list_openings(scope: Scope) -> QuerySet[WriteUp]:
    """Every time that somebody broke the glass here, newest first. Raises Forbidden."""
    require(scope, Permission.ENTITLEMENT_READ)
    rows = WriteUp.objects.in_scope(scope).select_related(
        "account", "assignment", "assignment__package", "assignment__user", "assignment__organization"
    )
    return rows.order_by("-assignment__starts_at", "-id")


def get_opening(scope: Scope, assignment_id: uuid.UUID) -> WriteUp:
    """One of them. Raises NotFound, Forbidden."""
    found = list_openings(scope).filter(assignment_id=assignment_id).first()
    if found is None:
        raise NotFound("There is no such write-up.")
    return found


def read_alarm(scope: Scope) -> Alarm | None:
    """What the customer's first page says of broken glass; None for nothing, and for who may not see it.

    One statement.
    """
    if not scope.allows(Permission.ENTITLEMENT_READ):
        return None
    now = clock.now()
    rows = list(list_openings(scope).filter(Q(seen_at__isnull=True) | in_force(now, "assignment__")))
    begun = [row for row in rows if row.assignment.starts_at <= now]
    over = [row for row in begun if row.assignment.is_over(now)]
    alarm = Alarm(
        open_now=tuple(row for row in begun if not row.assignment.is_over(now)),
        awaited=sum(row.written_at is None for row in over),
        unseen=sum(row.written_at is not None for row in over),
    )
    return alarm or None
