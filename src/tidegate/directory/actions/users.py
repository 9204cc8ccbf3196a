"""Users of a tenant: members are created, anyone is blocked, unblocked, removed, or given an end."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.lifetimes import check_lifetime
from tidegate.directory.models import GroupMembership, Invitation, RoleAssignment, User
from tidegate.directory.policy import check_administrator_remains, check_may_lengthen, lock_directory
from tidegate.directory.queries import get_user

LONGEST_REASON: Final = 1024


def remove_user(scope: Scope, user_id: uuid.UUID) -> User:
    """Remove a user, with memberships, roles and open invitations; holds from the next request on.

    The row stays, dated, so that what they did keeps its name; a member's account has no home
    any more and may find another. Raises Forbidden, NotFound, Conflict for the last administrator.
    """
    require(scope, Permission.USER_REMOVE)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        user.removed_at = now
        user.save(update_fields=["removed_at"])
        for dated in (GroupMembership, RoleAssignment):
            rows = dated.objects.in_scope(scope).filter(user_id=user.id).exclude(ends_at__lte=now)
            rows.update(ends_at=now)
        open_offers = Invitation.objects.in_scope(scope).filter(
            user_id=user.id, redeemed_at__isnull=True, revoked_at__isnull=True
        )
        open_offers.update(revoked_at=now)
        if user.account_id and not user.is_guest:
            at_home = Account.objects.filter(id=user.account_id, home_tenant_id=user.tenant_id)
            at_home.update(home_tenant_id=None)
        record(scope, "user.removed", user_target(user), details={"user_type": user.user_type})
        check_administrator_remains(scope)
    return user


def block_user(scope: Scope, user_id: uuid.UUID) -> User:
    """Keep a user out until unblocked, from the next request on. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if user.blocked_at:
            raise Conflict("This user is blocked already.")
        user.blocked_at = clock.now()
        user.save(update_fields=["blocked_at"])
        record(scope, "user.blocked", user_target(user))
        check_administrator_remains(scope)
    return user


def unblock_user(scope: Scope, user_id: uuid.UUID) -> User:
    """Let a blocked user in again. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if not user.blocked_at:
            raise Conflict("This user is not blocked.")
        user.blocked_at = None
        user.save(update_fields=["blocked_at"])
        record(scope, "user.unblocked", user_target(user))
    return user


def change_end(
    scope: Scope, user_id: uuid.UUID, *, ends_at: datetime | None, endless_reason: str = ""
) -> User:
    """Set when a user's access ends, or that it has no end; for that, the reason in words is kept.

    Raises Forbidden, also for longer than the actor holds what both hold; NotFound, InvalidInput for an end
    before the start, for a guest's that lies too far ahead and for a guest without end or reason; Conflict
    for the last administrator.
    """
    require(scope, Permission.USER_UPDATE)
    words = clean_line(endless_reason, "endless_reason", longest=LONGEST_REASON, required=False)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if ends_at is not None and ends_at <= user.starts_at:
            raise InvalidInput(fields={"ends_at": "must lie after the start"})
        if user.is_guest:
            check_lifetime(ends_at)
            if ends_at is None and not words:
                raise InvalidInput(fields={"endless_reason": "is needed when access from outside has no end"})
        if user.ends_at is not None and (ends_at is None or ends_at > user.ends_at):
            check_may_lengthen(scope, user, until=ends_at)
        before, user.ends_at = user.ends_at, ends_at
        user.save(update_fields=["ends_at"])
        details = {"before": before, "after": ends_at, **({} if ends_at else {"endless_reason": words})}
        record(scope, "user.end_changed", user_target(user), details=details)
        check_administrator_remains(scope)
    return user


def set_manager(scope: Scope, user_id: uuid.UUID, manager_id: uuid.UUID | None) -> User:
    """Say which member of the tenant decides as a member's manager; None for nobody.

    Raises Forbidden, NotFound, InvalidInput for a manager who is no member or the user themselves,
    Conflict for a guest, whose manager is at home.
    """
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if user.is_guest:
            raise Conflict("Only a member has a manager here; a guest has theirs at home.")
        manager = get_user(scope, manager_id) if manager_id else None
        if manager and (manager.is_guest or manager.id == user.id):
            raise InvalidInput(fields={"manager": "must be another member of this tenant"})
        before, user.manager_id = user.manager_id, manager_id
        user.save(update_fields=["manager_id"])
        details = {
            "before": before,
            "after": manager_id,
            "manager": manager.user_principal_name if manager else "",
        }
        record(scope, "user.manager_changed", user_target(user), details=details)
    return user


def user_target(user: User) -> Target:
    """How the audit log names a user."""
    return Target("user", str(user.id), user.user_principal_name)
