"""What an approved request writes: guests let in without a mail, memberships with dates, and their ends.

Several grants of one group to one user may run side by side, each with its own end; whoever holds two
loses nothing when one of them ends.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.actions.users import user_target
from tidegate.directory.models import GroupMembership, Invitation, User
from tidegate.directory.names import guest_principal_name
from tidegate.directory.policy import check_administrator_remains, lock_directory
from tidegate.directory.queries import default_domain, get_group, get_user


def admit_guest(scope: Scope, account: Account, *, starts_at: datetime, ends_at: datetime | None) -> User:
    """Make a guest of somebody with an account, without an invitation to accept.

    Raises Forbidden, Conflict when they are a user of the tenant, or when somebody who has their
    address here is.
    """
    require(scope, Permission.USER_INVITE)
    with transaction.atomic():
        lock_directory(scope)
        present = User.objects.in_scope(scope).present()
        name = guest_principal_name(account.email, default_domain(scope.tenant_id))
        if present.filter(account=account).exists():
            raise Conflict("They are a user of this tenant already.")
        if present.filter(user_principal_name__iexact=name).exists():
            raise Conflict("There is a user with this address in the tenant already.")
        user = User.rows.create(
            tenant_id=scope.tenant_id,
            account=account,
            user_type=User.UserType.GUEST,
            user_principal_name=name,
            display_name=account.get_full_name(),
            mail=account.email,
            created_at=clock.now(),
            starts_at=starts_at,
            ends_at=ends_at,
        )
        record(scope, "user.admitted", user_target(user), details={"email": user.mail, "ends_at": ends_at})
    return user


def accept_for(scope: Scope, user: User, account: Account) -> None:
    """Give a guest who was invited and has not answered to the account that holds the invited address.

    Their open invitations end. Raises Forbidden, Conflict for another address or one accepted already.
    """
    require(scope, Permission.USER_INVITE)
    with transaction.atomic():
        lock_directory(scope)
        if user.account_id or user.mail != account.email or not user.is_guest:
            raise Conflict("This invitation was made out to another address.")
        user.account, user.external_user_state = account, User.ExternalUserState.ACCEPTED
        user.save(update_fields=["account", "external_user_state"])
        offers = Invitation.objects.in_scope(scope).filter(user_id=user.id, redeemed_at__isnull=True)
        offers.update(revoked_at=clock.now())
        record(scope, "user.admitted", user_target(user), details={"email": user.mail})


def move_guest(scope: Scope, user_id: uuid.UUID, *, starts_at: datetime, ends_at: datetime | None) -> None:
    """Let a guest's own dates follow what was granted them. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.USER_UPDATE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if not user.is_guest:
            raise Conflict("Only a guest's dates follow what is granted.")
        if (user.starts_at, user.ends_at) == (starts_at, ends_at):
            return
        before, user.starts_at, user.ends_at = user.ends_at, starts_at, ends_at
        user.save(update_fields=["starts_at", "ends_at"])
        record(scope, "user.end_changed", user_target(user), details={"before": before, "after": ends_at})


def grant_membership(
    scope: Scope, group_id: uuid.UUID, user_id: uuid.UUID, *, starts_at: datetime, ends_at: datetime | None
) -> GroupMembership:
    """Put a user in a group for a time, beside whatever else puts them there. Raises Forbidden, NotFound."""
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        group, user = get_group(scope, group_id), get_user(scope, user_id)
        membership = GroupMembership.rows.create(
            tenant_id=scope.tenant_id,
            group_id=group.id,
            user_id=user.id,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        details = {
            "user": user.user_principal_name,
            "user_id": user.id,
            "starts_at": starts_at,
            "ends_at": ends_at,
        }
        record(
            scope, "group.member_added", Target("group", str(group.id), group.display_name), details=details
        )
    return membership


def move_memberships(
    scope: Scope, membership_ids: Collection[uuid.UUID], *, ends_at: datetime | None
) -> None:
    """Give memberships that are not over another end; now or earlier ends them.

    Raises Forbidden, Conflict for the last administrator.
    """
    require(scope, Permission.GROUP_MANAGE)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        rows = GroupMembership.objects.in_scope(scope).filter(id__in=membership_ids).exclude(ends_at__lte=now)
        moved = list(rows.select_related("group", "user"))
        rows.update(ends_at=ends_at)
        is_end = ends_at is not None and ends_at <= now
        tag = "group.member_removed" if is_end else "group.member_end_changed"
        for membership in moved:
            target = Target("group", str(membership.group_id), membership.group.display_name)
            user = membership.user
            details = {"user": user.user_principal_name, "user_id": user.id, "ends_at": ends_at}
            record(scope, tag, target, details=details)
        if is_end:
            check_administrator_remains(scope)
