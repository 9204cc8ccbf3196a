"""Somebody is taken out of a group or of the tenant, with everything that rested on it.

The directory ends its own rows and cannot look up here; whoever takes people out by hand comes through
this room, so that nothing waits for a job to be over.
"""

import uuid
from typing import Final

from django.db import transaction

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.actions import groups, users
from tidegate.directory.models import User
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import get_user, list_memberships
from tidegate.entitlements.actions.activations import end_untenable
from tidegate.entitlements.actions.assignments import cancel_for_tenant, end_assignment
from tidegate.entitlements.models import Assignment, AssignmentRequest
from tidegate.entitlements.organizations import OPEN_STATES
from tidegate.entitlements.words import RequestType

REMOVED: Final = "Removed from this directory by an administrator."


def remove_member(scope: Scope, membership_id: uuid.UUID) -> None:
    """End a membership now, and roles taken up because of it.

    Raises Forbidden, NotFound, Conflict for the last administrator.
    """
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        held = list_memberships(scope, clock.now()).filter(id=membership_id).first()
        if held is None:
            raise NotFound("There is no such membership.")
        groups.remove_member(scope, membership_id)
        end_untenable(scope.tenant_id, held.user_id)


def take_out(scope: Scope, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """End all that puts a user in a group, and roles taken up because of it.

    Raises Forbidden, NotFound for who is not in it, Conflict for the last administrator.
    """
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        groups.take_out(scope, group_id, user_id)
        end_untenable(scope.tenant_id, user_id)


def remove_user(scope: Scope, user_id: uuid.UUID) -> User:
    """Remove a user; their access packages end and what they have asked for is canceled.

    Raises Forbidden, NotFound, Conflict for the last administrator.
    """
    require(scope, Permission.USER_REMOVE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        asked = AssignmentRequest.objects.in_scope(scope).filter(user_id=user.id, state__in=OPEN_STATES)
        for request in asked.select_related("package"):
            cancel_for_tenant(scope, request, because=REMOVED)
        held = Assignment.objects.in_scope(scope).filter(user_id=user.id).exclude(ends_at__lte=clock.now())
        for assignment in held.select_related("policy", "package", "user", "tenant"):
            how = RequestType.ADMIN_REMOVE
            end_assignment(scope, assignment, because=REMOVED, request_type=how, actor=scope.actor)
        removed = users.remove_user(scope, user.id)
        end_untenable(scope.tenant_id, user.id)
    return removed
