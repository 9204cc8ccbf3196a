"""Whose clocks somebody sees: those that their own home tenant agreed, as long as they are a member there."""

from typing import Final

from django.db.models import Exists, OuterRef, Q

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.scoped import ScopedQuerySet
from tidegate.customers.members import members_in_force
from tidegate.incidents.models import IncidentClock

LATE: Final = "late"
SOON: Final = "soon"
FEW: Final = 1_000


def own_clocks(actor: Actor) -> ScopedQuerySet[IncidentClock]:
    """The clocks of open incidents that an actor goes by, of whatever tenant.

    They say nothing but what was agreed: whoever reads meets them with incidents that the actor sees.
    """
    rows = IncidentClock.objects.across_tenants()
    if actor.account_id is None or actor.home_tenant_id is None:
        return rows.none()
    members = members_in_force(actor.account_id, actor.home_tenant_id, clock.now())
    return rows.filter(Exists(members), home_tenant_id=actor.home_tenant_id, is_open=True)


def is_due(actor: Actor, choice: str) -> Q:
    """The condition that an incident is late, or will be soon (`LATE`, `SOON`), for an actor."""
    rows = own_clocks(actor).filter(struck(choice))
    return Q(Exists(rows.filter(tenant_id=OuterRef("tenant_id"), incident_id=OuterRef("id"))))


def has_clock(actor: Actor) -> Q:
    """The condition that an incident has a clock that an actor goes by."""
    rows = own_clocks(actor)
    return Q(Exists(rows.filter(tenant_id=OuterRef("tenant_id"), incident_id=OuterRef("id"))))


def struck(choice: str) -> Q:
    """The condition on clocks that they are late, or will be soon."""
    now = clock.now()
    if choice == LATE:
        return Q(due_at__lte=now)
    return Q(due_at__gt=now, warn_at__lte=now)


def are_few(actor: Actor, choice: str) -> bool:
    """Whether so few clocks stand so that one would rather look at each of their incidents."""
    return own_clocks(actor).filter(struck(choice))[: FEW + 1].count() <= FEW
