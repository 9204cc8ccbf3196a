"""Outside access is stopped and let in again, and the tenant's administrators are told of it by mail.

Those who are stopped are not told: whoever took over their account would read it too.
"""

import uuid

from django.db import transaction

from tidegate.authorization.scope import Scope
from tidegate.directory.actions import stops
from tidegate.directory.models import EmergencyStop
from tidegate.entitlements.notices import NoticeKind, tell_administrators


def stop_guest(scope: Scope, user_id: uuid.UUID, *, reason: str) -> EmergencyStop:
    """Keep one guest out. Raises as `directory.actions.stops`, all of these."""
    with transaction.atomic():
        return _tell_stopped(stops.stop_guest(scope, user_id, reason=reason))


def stop_organization(scope: Scope, home_tenant_id: uuid.UUID, *, name: str, reason: str) -> EmergencyStop:
    """Keep out everybody whose home is one tenant."""
    with transaction.atomic():
        return _tell_stopped(stops.stop_organization(scope, home_tenant_id, name=name, reason=reason))


def stop_domain(scope: Scope, domain: str, *, name: str, reason: str) -> EmergencyStop:
    """Keep out an organization that is known by one of its domains alone."""
    with transaction.atomic():
        return _tell_stopped(stops.stop_domain(scope, domain, name=name, reason=reason))


def stop_all(scope: Scope, *, reason: str) -> EmergencyStop:
    """Keep out every guest."""
    with transaction.atomic():
        return _tell_stopped(stops.stop_all(scope, reason=reason))


def lift_stop(scope: Scope, stop_id: uuid.UUID, *, reason: str) -> EmergencyStop:
    """Let those in again whom a stop kept out."""
    with transaction.atomic():
        stop = stops.lift_stop(scope, stop_id, reason=reason)
        values = {"name": stop.name, "by": stop.lifted_by, "reason": stop.lifted_reason}
        kind = NoticeKind.OUTSIDE_ACCESS_RESTORED
        tell_administrators(stop.tenant_id, kind, key=f"{kind}:{stop.id}", values=values)
    return stop


def _tell_stopped(stop: EmergencyStop) -> EmergencyStop:
    values = {"name": stop.name, "by": stop.started_by, "reason": stop.reason}
    kind = NoticeKind.OUTSIDE_ACCESS_STOPPED
    tell_administrators(stop.tenant_id, kind, key=f"{kind}:{stop.id}", values=values)
    return stop
