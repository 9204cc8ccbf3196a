"""The life of a guest whom an assignment brought in, after the last assignment has ended.

They are blocked, kept for some days in which they may ask again, and then removed (Microsoft, "Manage the
lifecycle of external users"). Left alone are guests invited by hand, who have no row here, and governed
guests for whom an administrator has decided something since: who was blocked or stopped, given time of
their own, or put into a group or role by hand. Microsoft removes the latter too; here nothing that a
person decided is undone by the clock. Such guests are looked at again each day.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.devices.models import DeviceGroupAccess
from tidegate.directory.actions.users import block_user, remove_user, user_target
from tidegate.directory.models import EmergencyStop, GroupMembership, RoleAssignment, User
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import system_scope
from tidegate.entitlements.models import Assignment, AssignmentRequest, GovernedGuest
from tidegate.entitlements.words import RequestState

LOOK_AGAIN: Final = timedelta(days=1)


def attend_guest(tenant_id: uuid.UUID, governed_id: uuid.UUID) -> bool:
    """Block or remove a governed guest if it is time, and note when to look again; whether it was due."""
    now = clock.now()
    with transaction.atomic():
        scope = system_scope(tenant_id)
        lock_directory(scope)
        rows = GovernedGuest.objects.in_scope(scope).select_related("user")
        governed = rows.filter(id=governed_id, attend_at__lte=now).first()
        if governed is None:
            return False
        governed.attend_at = _move_on(scope, governed)
        governed.save(update_fields=["attend_at", "blocked_at", "removed_at"])
    return True


def _move_on(scope: Scope, governed: GovernedGuest) -> datetime | None:
    """Do what is due; when to look again, None when nothing is left to do or an assignment's end calls."""
    now, user = clock.now(), governed.user
    if user.removed_at is not None:
        governed.removed_at = user.removed_at
        return None
    if _holds_access(scope, user):
        return None
    if _is_kept(scope, governed):
        return now + LOOK_AGAIN
    if governed.blocked_at is None:
        _retire(scope, governed)
    removal = _removal_at(governed)
    if removal > clock.now():
        return min(removal, now + LOOK_AGAIN)
    if _is_asking(scope, user):
        return now + LOOK_AGAIN
    remove_user(scope, user.id)
    governed.removed_at = now
    return None


def _retire(scope: Scope, governed: GovernedGuest) -> None:
    """From now on they are kept for some days; blocked meanwhile, unless the operator chose otherwise."""
    governed.blocked_at = clock.now()
    if settings.GUEST_BLOCKED:
        governed.blocked_at = block_user(scope, governed.user_id).blocked_at
    details = {"blocked": settings.GUEST_BLOCKED, "removed_after": _removal_at(governed)}
    record(scope, "user.last_access_ended", user_target(governed.user), details=details)


def _removal_at(governed: GovernedGuest) -> datetime:
    return (governed.blocked_at or clock.now()) + timedelta(days=settings.GUEST_KEPT_DAYS)


def _holds_access(scope: Scope, user: User) -> bool:
    rows = Assignment.objects.in_scope(scope).filter(user_id=user.id)
    return rows.exclude(ends_at__lte=clock.now()).exists()


def _is_asking(scope: Scope, user: User) -> bool:
    """Whether a request of theirs is open: its delivery needs the user that it names."""
    requests = AssignmentRequest.objects.in_scope(scope).filter(
        state=RequestState.PENDING_APPROVAL, requestor_id=user.account_id
    )
    return user.account_id is not None and requests.exists()


def _is_kept(scope: Scope, governed: GovernedGuest) -> bool:
    """Whether an administrator has decided something about them that the clock must not undo."""
    user = governed.user
    if user.blocked_at is not None and user.blocked_at != governed.blocked_at:
        # An administrator's block also takes back the leave to ask again.
        governed.blocked_at = None
        return True
    if not (_has_own_time(user) or _holds_by_hand(scope, user) or _is_stopped(scope, user)):
        return False
    if user.blocked_at is None:
        governed.blocked_at = None
    return True


def _has_own_time(user: User) -> bool:
    """Their dates were made to follow their assignments, which are over: later ones were set by hand."""
    return user.ends_at is None or user.ends_at > clock.now()


def _holds_by_hand(scope: Scope, user: User) -> bool:
    """What assignments delivered has ended with them."""
    tables = (GroupMembership, RoleAssignment, DeviceGroupAccess)
    now = clock.now()
    return any(
        table.objects.in_scope(scope).filter(user_id=user.id).exclude(ends_at__lte=now).exists()
        for table in tables
    )


def _is_stopped(scope: Scope, user: User) -> bool:
    """A stop of one guest names their user object: removed, they could come back past it as another."""
    stops = EmergencyStop.objects.in_scope(scope).filter(user_id=user.id, lifted_at__isnull=True)
    return stops.exists()
