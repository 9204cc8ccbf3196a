"""Outside access is ended at once, and let in again.

A stop is one row that the gate reads on every request: no session, token or grant is touched, and none
of them helps. Members are never stopped.
"""

import uuid

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.models import Domain, EmergencyStop
from tidegate.directory.names import clean_domain
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import get_user
from tidegate.directory.stops import get_stop

_LONGEST_REASON = 1024
_Covers = EmergencyStop.Covers


def stop_guest(scope: Scope, user_id: uuid.UUID, *, reason: str) -> EmergencyStop:
    """Keep one guest out, from the next request on, whatever is or will be granted to them.

    Raises Forbidden, NotFound, InvalidInput without a reason, Conflict for a member and for a guest who
    is stopped already.
    """
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    words = clean_line(reason, "reason", longest=_LONGEST_REASON)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if not user.is_guest:
            raise Conflict("Only guests can be stopped; a member is blocked.")
        name = f"{user.display_name} ({user.mail})"[:320]
        return _begin(scope, EmergencyStop(covers=_Covers.GUEST, user_id=user.id, name=name, reason=words))


def stop_organization(scope: Scope, home_tenant_id: uuid.UUID, *, name: str, reason: str) -> EmergencyStop:
    """Keep out everybody whose home is one tenant, also those who are invited later.

    Raises Forbidden, InvalidInput without a reason and for the tenant itself, Conflict when stopped already.
    """
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    words = clean_line(reason, "reason", longest=_LONGEST_REASON)
    called = clean_line(name, "name", longest=320)
    if home_tenant_id == scope.tenant_id:
        raise InvalidInput(fields={"home_tenant_id": "must be another tenant than this one"})
    with transaction.atomic():
        lock_directory(scope)
        stop = EmergencyStop(
            covers=_Covers.ORGANIZATION, home_tenant_id=home_tenant_id, name=called, reason=words
        )
        return _begin(scope, stop)


def stop_domain(scope: Scope, domain: str, *, name: str, reason: str) -> EmergencyStop:
    """Keep out an organization that is known by one of its domains alone.

    Whether it is on this portal, nobody learns by it. Raises Forbidden, InvalidInput without a reason and for
    a domain of the tenant itself, Conflict when stopped already.
    """
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    words = clean_line(reason, "reason", longest=_LONGEST_REASON)
    called, cleaned = clean_line(name, "name", longest=320), clean_domain(domain, "domain")
    verified = Domain.objects.filter(name=cleaned, verified_at__isnull=False).first()
    if verified and verified.tenant_id == scope.tenant_id:
        raise InvalidInput(fields={"domain": "must be of another tenant than this one"})
    with transaction.atomic():
        lock_directory(scope)
        stop = EmergencyStop(covers=_Covers.ORGANIZATION, home_domain=cleaned, name=called, reason=words)
        stop.home_tenant_id = verified.tenant_id if verified else None
        return _begin(scope, stop)


def stop_all(scope: Scope, *, reason: str) -> EmergencyStop:
    """Keep out every guest there is or will be.

    Raises Forbidden, InvalidInput without a reason, Conflict when stopped already.
    """
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    words = clean_line(reason, "reason", longest=_LONGEST_REASON)
    with transaction.atomic():
        lock_directory(scope)
        return _begin(scope, EmergencyStop(covers=_Covers.ALL, name=scope.entry.tenant_name, reason=words))


def lift_stop(scope: Scope, stop_id: uuid.UUID, *, reason: str) -> EmergencyStop:
    """Let those in again whom a stop kept out, if nothing else does.

    Only a member may: a guest would let in their own. Raises Forbidden, NotFound, InvalidInput without a
    reason, Conflict when it was lifted already.
    """
    require(scope, Permission.OUTSIDE_ACCESS_STOP)
    if scope.entry.relation == Relation.GUEST:
        message = "Only a member of this tenant may lift a stop."
        raise Forbidden(message, permission=Permission.OUTSIDE_ACCESS_STOP)
    words = clean_line(reason, "reason", longest=_LONGEST_REASON)
    with transaction.atomic():
        lock_directory(scope)
        stop = get_stop(scope, stop_id)
        if stop.lifted_at:
            raise Conflict("This stop was lifted already.")
        stop.lifted_at, stop.lifted_by = clock.now(), scope.actor.display_name[:256]
        stop.lifted_reason = words
        stop.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
        record(scope, "stop.lifted", _target(stop), details={"covers": stop.covers, "reason": words})
    return stop


def _begin(scope: Scope, stop: EmergencyStop) -> EmergencyStop:
    # Of an organization known by a domain, the tenant that it was found to be is no part of what is stopped.
    home = {} if stop.home_domain else {"home_tenant_id": stop.home_tenant_id}
    same = EmergencyStop.objects.in_scope(scope).filter(
        covers=stop.covers, user_id=stop.user_id, home_domain=stop.home_domain, lifted_at__isnull=True
    )
    if same.filter(**home).exists():
        raise Conflict("This is stopped already.")
    stop.tenant_id, stop.started_at = scope.tenant_id, clock.now()
    stop.started_by = scope.actor.display_name[:256]
    stop.save(force_insert=True)
    named = {"home_domain": stop.home_domain} if stop.home_domain else home
    details = {"covers": stop.covers, "reason": stop.reason, **named}
    record(scope, "stop.started", _target(stop), details=details)
    return stop


def _target(stop: EmergencyStop) -> Target:
    return Target("stop", str(stop.id), stop.name)
