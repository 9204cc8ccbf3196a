"""What clocks need behind the pages: they follow changes of service levels, and tell when they strike.

Each step takes the lock of one tenant's instants, as whoever changes its incidents does, so that clocks are
set by what was agreed last, and each threshold is told of once, however many workers run.
"""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.scope import SYSTEM, Entry, Scope
from tidegate.core import clock
from tidegate.customers.levels import levels_about
from tidegate.customers.models import LevelChange
from tidegate.directory.models import Tenant
from tidegate.incidents.actions.changing import incident_target
from tidegate.incidents.clocks.keeping import LATE, next_at, passed, set_clocks
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Incident, IncidentClock
from tidegate.incidents.words import OPEN_INCIDENT

BLOCK: Final = 500
"""So many incidents are reckoned, or told of, in one transaction."""
SOON_TAG: Final = "incident.due_soon"
LATE_TAG: Final = "incident.overdue"


def follow_level_changes() -> bool:
    """Set the clocks of the customer whose agreement changed first; whether there was one."""
    change = LevelChange.objects.across_tenants().order_by("changed_at", "id").first()
    if change is None:
        return False
    _follow(change)
    return True


def tell_of_clocks() -> bool:
    """One event for each threshold that was reached since; whether there may be more."""
    now = clock.now()
    due = IncidentClock.objects.across_tenants().filter(next_at__lte=now).order_by("next_at")
    tenant_ids = dict.fromkeys(due.values_list("tenant_id", flat=True)[:BLOCK])
    for tenant_id in tenant_ids:
        _tell(tenant_id, now)
    return bool(tenant_ids)


def _follow(change: LevelChange) -> None:
    """All its open incidents, a block at a time; the note goes with the last.

    One that is changed meanwhile is set by whoever changes it, by what is agreed then.
    """
    home_id, tenant_id = change.tenant_id, change.about_tenant_id
    after: uuid.UUID | None = None
    while True:
        with transaction.atomic():
            take_instants(tenant_id, 0)
            level = levels_about(tenant_id).get(home_id)
            incidents = _next_block(home_id, tenant_id, after)
            set_clocks(tenant_id, {home_id: level}, incidents, quiet_until=clock.now())
            if len(incidents) < BLOCK:
                # Only the note that was read: one of a later change stands for what it says.
                notes = LevelChange.objects.of_tenant(home_id).filter(id=change.id)
                notes.filter(changed_at=change.changed_at).delete()
                return
        after = incidents[-1].id


def _next_block(home_id: uuid.UUID, tenant_id: uuid.UUID, after: uuid.UUID | None) -> list[Incident]:
    rows = Incident.objects.of_tenant(tenant_id).filter(status__in=OPEN_INCIDENT)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.defer("raw", "extra", "description", "source_hashes").order_by("id")[:BLOCK])


def _tell(tenant_id: uuid.UUID, now: datetime) -> None:
    with transaction.atomic():
        take_instants(tenant_id, 0)
        rows = IncidentClock.objects.of_tenant(tenant_id).filter(next_at__lte=now)
        clocks = list(rows.order_by("next_at", "id")[:BLOCK])
        incidents = {
            incident.id: incident
            for incident in Incident.objects.of_tenant(tenant_id)
            .filter(id__in=[row.incident_id for row in clocks])
            .defer("raw", "extra", "description")
        }
        scope = _scope_of(tenant_id)
        for row in clocks:
            _tell_of(scope, row, incidents[row.incident_id], now)
        IncidentClock.objects.all().rewrite(clocks, ["told", "next_at"])


def _tell_of(scope: Scope, row: IncidentClock, incident: Incident, now: datetime) -> None:
    reached = passed(row, now)
    is_late = any(late in reached for late in LATE.values())
    row.told |= reached
    row.next_at = next_at(row)
    details = {"step": row.step, "due_at": row.due_at, "home_tenant_id": row.home_tenant_id}
    record(scope, LATE_TAG if is_late else SOON_TAG, incident_target(incident), details=details)


def _scope_of(tenant_id: uuid.UUID) -> Scope:
    tenant = Tenant.objects.get(id=tenant_id)
    return Scope(SYSTEM, Entry(tenant.id, tenant.display_name, None, None, frozenset()))
