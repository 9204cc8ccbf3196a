"""What was given by hand is given for longer; what an access package gave is extended as such."""

import uuid

from django.db import transaction

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.actions import renewing
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.expiring import find_lent
from tidegate.entitlements.models import Assignment, DeliveredRow, GovernedGuest


def renew_guest(scope: Scope, user_id: uuid.UUID) -> User:
    """Let a guest's access end later, if it was given by hand. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        governed = GovernedGuest.objects.in_scope(scope).filter(user_id=user_id)
        held = Assignment.objects.in_scope(scope).filter(user_id=user_id).exclude(ends_at__lte=clock.now())
        if governed.exists() and held.exists():
            raise Conflict("Their dates follow their access packages; extend those.")
        return renewing.renew_access(scope, user_id)


def renew_membership(scope: Scope, membership_id: uuid.UUID) -> GroupMembership:
    """Let a membership end later, if it was given by hand. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        if DeliveredRow.objects.in_scope(scope).filter(membership_id=membership_id).exists():
            raise Conflict("An access package gave this; extend that.")
        return renewing.renew_membership(scope, membership_id)


def renew_role(scope: Scope, assignment_id: uuid.UUID) -> RoleAssignment:
    """Let a given role end later, if it was not taken up for hours. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.ROLE_ASSIGN)
    with transaction.atomic():
        lock_directory(scope)
        if find_lent([assignment_id]):
            raise Conflict("This role was taken up for hours; it ends as it was meant to.")
        return renewing.renew_role(scope, assignment_id)
