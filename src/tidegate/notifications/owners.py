"""What a rule sees: its owner's Scope, asked of the gate anew each time; access ended is silence at once.

Readers who have an account are asked about in the same way before several tenants' matters are put
into one message for them.
"""

import uuid
from collections.abc import Iterable
from typing import Final

from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ActorKind, Scope
from tidegate.core.errors import NotFound
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open as open_gate
from tidegate.gate.opening import open_many
from tidegate.notifications.words import About

NEEDED: Final = {
    About.ALERTS: frozenset({Permission.ALERT_READ}),
    About.INCIDENTS: frozenset({Permission.ALERT_READ, Permission.INCIDENT_READ}),
    About.CLOCKS: frozenset({Permission.ALERT_READ, Permission.INCIDENT_READ}),
    About.PROGRAMS: frozenset({Permission.APPLICATION_READ}),
}
# Messages of several tenants name incidents with alerts.
_WHOLE: Final = {**NEEDED, About.ALERTS: NEEDED[About.INCIDENTS]}


def open_for(account: Account, about: str | None, tenant_id: uuid.UUID) -> Scope | None:
    """The tenant as somebody may see it at this instant; None if they may not enter or not read there.

    About None: it is enough to enter.
    """
    if not account.is_active:
        return None
    try:
        scope = open_gate(actor_of(account), str(tenant_id))
    except NotFound:
        return None
    needed = NEEDED[About(about)] if about else frozenset[Permission]()
    return scope if scope.entry.permissions >= needed else None


def readable_tenants(
    account: Account, tenant_ids: Iterable[uuid.UUID], about: str = About.INCIDENTS
) -> set[uuid.UUID]:
    """Those of these tenants in which an account may read what a rule is about. At most two statements."""
    if not account.is_active:
        return set()
    found = set(tenant_ids)
    for permission in _WHOLE[About(about)]:
        reach = open_many(actor_of(account), permission)
        rows = Tenant.objects.filter(reach.restrict("id"), id__in=found)
        found = set(rows.values_list("id", flat=True))
    return found


def actor_of(account: Account) -> Actor:
    """The account, acting through a rule that it owns or an inbox that it reads."""
    return Actor(
        kind=ActorKind.PERSON,
        display_name=account.get_full_name(),
        account_id=account.id,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
    )
