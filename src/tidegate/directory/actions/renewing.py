"""What ends soon is given for longer: a user's access, a membership, a role, what an application may do."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.directory.actions.consents import Term, renew_grants
from tidegate.directory.actions.users import change_end
from tidegate.directory.lifetimes import longest_access
from tidegate.directory.models import Grant, GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.policy import check_may_give, check_may_give_group, lock_directory
from tidegate.directory.queries import get_user, list_memberships, list_role_assignments

RENEWAL: Final = timedelta(days=90)


def renew_access(scope: Scope, user_id: uuid.UUID) -> User:
    """Let a user's access end 90 days later than it does, or than now if it has ended.

    Raises Forbidden, NotFound, Conflict for access that has no end.
    """
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        return change_end(scope, user_id, ends_at=later_end(user.ends_at))


def renew_membership(scope: Scope, membership_id: uuid.UUID) -> GroupMembership:
    """Let a membership end 90 days later than it does.

    Raises Forbidden, also for a group that gives more than the actor may do, or for longer; NotFound for one
    that has ended, Conflict for one that has no end.
    """
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        held = list_memberships(scope, clock.now()).filter(id=membership_id).first()
        if held is None:
            raise NotFound("There is no such membership.")
        ends_at = later_end(held.ends_at)
        check_may_give_group(scope, held.group_id, until=ends_at)
        before, held.ends_at = held.ends_at, ends_at
        held.save(update_fields=["ends_at"])
        details = {"user": held.user.user_principal_name, "before": before, "after": held.ends_at}
        target = Target("group", str(held.group_id), held.group.display_name)
        record(scope, "group.member_end_changed", target, details=details)
    return held


def renew_role(scope: Scope, assignment_id: uuid.UUID) -> RoleAssignment:
    """Let a given role end 90 days later than it does.

    Raises Forbidden, also for a role that opens more than the actor may do, or for longer; NotFound for one
    that has ended, Conflict for one that has no end.
    """
    require(scope, Permission.ROLE_ASSIGN)
    with transaction.atomic():
        lock_directory(scope)
        given = list_role_assignments(scope, clock.now()).filter(id=assignment_id).first()
        if given is None:
            raise NotFound("There is no such role assignment.")
        ends_at = later_end(given.ends_at)
        check_may_give(scope, given.role.lines, until=ends_at)
        before, given.ends_at = given.ends_at, ends_at
        given.save(update_fields=["ends_at"])
        holder = given.user.user_principal_name if given.user else given.group and given.group.display_name
        details = {"to": holder, "before": before, "after": given.ends_at}
        target = Target("role", str(given.role_id), given.role.display_name)
        record(scope, "role.end_changed", target, details=details)
    return given


def renew_consent(scope: Scope, grant_id: uuid.UUID) -> list[Grant]:
    """Let a permission of an application, and what was given with it to the same end, last 90 days longer.

    Raises Forbidden, also for what opens more than the actor may do, NotFound for one that has ended,
    Conflict for one that has no end.
    """
    require(scope, Permission.CONSENT_GRANT)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        rows = Grant.objects.in_scope(scope).filter(in_force(now))
        one = rows.filter(id=grant_id).first()
        if one is None:
            raise NotFound("There is no such permission.")
        alike = rows.filter(
            service_principal_id=one.service_principal_id, user_id=one.user_id, ends_at=one.ends_at
        )
        ids = list(alike.values_list("id", flat=True)) or [one.id]
        return renew_grants(scope, one.service_principal_id, ids, term=Term(later_end(one.ends_at)))


def later_end(ends_at: datetime | None) -> datetime:
    """The end 90 days later (than now, if it has passed), as far as is allowed. Raises Conflict for none."""
    if ends_at is None:
        raise Conflict("This has no end.")
    now = clock.now()
    return min(max(ends_at, now) + RENEWAL, max(ends_at, now + longest_access()))
