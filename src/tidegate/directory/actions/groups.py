"""Groups, and who is in them."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.models import Group, GroupMembership
from tidegate.directory.policy import (
    check_administrator_remains,
    check_may_give_group,
    lock_directory,
)
from tidegate.directory.queries import get_group, get_user, list_memberships


def create_group(scope: Scope, *, display_name: str, description: str = "") -> Group:
    """Create an empty group. Raises Forbidden, InvalidInput, Conflict when the name is taken."""
    require(scope, Permission.GROUP_MANAGE)
    name, words = _clean(display_name, description)
    with transaction.atomic():
        lock_directory(scope)
        _check_name_free(scope, name, None)
        group = Group.rows.create(
            tenant_id=scope.tenant_id, display_name=name, description=words, created_at=clock.now()
        )
        record(scope, "group.created", _target(group))
    return group


def update_group(scope: Scope, group_id: uuid.UUID, *, display_name: str, description: str) -> Group:
    """Rename or describe a group. Raises Forbidden, NotFound, InvalidInput, Conflict."""
    require(scope, Permission.GROUP_MANAGE)
    name, words = _clean(display_name, description)
    with transaction.atomic():
        lock_directory(scope)
        group = get_group(scope, group_id)
        _check_name_free(scope, name, group_id)
        before = {"display_name": group.display_name, "description": group.description}
        group.display_name, group.description = name, words
        group.save(update_fields=["display_name", "description"])
        record(scope, "group.updated", _target(group), details={"before": before})
    return group


def delete_group(scope: Scope, group_id: uuid.UUID) -> None:
    """Delete a group with its memberships and the roles given to it.

    Raises Forbidden, NotFound, Conflict for the last administrator and for a group that something
    else rests on.
    """
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        group = get_group(scope, group_id)
        members = list_memberships(scope, clock.now()).filter(group_id=group_id)
        names = [membership.user.user_principal_name for membership in members]
        record(scope, "group.deleted", _target(group), details={"members": names})
        try:
            group.delete()
        except ProtectedError as error:
            # Rows of rooms above, which know what they are.
            raise Conflict("This group is part of an access package or of an eligible role.") from error
        check_administrator_remains(scope)


def add_member(
    scope: Scope, group_id: uuid.UUID, user_id: uuid.UUID, *, ends_at: datetime | None = None
) -> GroupMembership:
    """Put a user in a group from now, until `ends_at` if given.

    Raises Forbidden, also for a group that gives more than the actor may do, or for longer; NotFound,
    InvalidInput for an end in the past, Conflict when already in it.
    """
    require(scope, Permission.GROUP_MANAGE)
    now = clock.now()
    if ends_at is not None and ends_at <= now:
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    with transaction.atomic():
        lock_directory(scope)
        group, user = get_group(scope, group_id), get_user(scope, user_id)
        check_may_give_group(scope, group_id, until=ends_at)
        if list_memberships(scope, now).filter(group_id=group_id, user_id=user_id).exists():
            raise Conflict("This user is in the group already.")
        membership = GroupMembership.rows.create(
            tenant_id=scope.tenant_id, group=group, user=user, starts_at=now, ends_at=ends_at
        )
        details = {"user": user.user_principal_name, "user_id": user.id, "ends_at": ends_at}
        record(scope, "group.member_added", _target(group), details=details)
    return membership


def remove_member(scope: Scope, membership_id: uuid.UUID) -> None:
    """End a membership now. Raises Forbidden, NotFound, Conflict for the last administrator."""
    require(scope, Permission.GROUP_MANAGE)
    now = clock.now()
    with transaction.atomic():
        lock_directory(scope)
        membership = list_memberships(scope, now).filter(id=membership_id).first()
        if membership is None:
            raise NotFound("There is no such membership.")
        GroupMembership.rows.filter(pk=membership.pk).update(ends_at=now)
        details = {"user": membership.user.user_principal_name, "user_id": membership.user.id}
        record(scope, "group.member_removed", _target(membership.group), details=details)
        check_administrator_remains(scope)


def take_out(scope: Scope, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """End all that puts a user in a group, now or later.

    Raises Forbidden, NotFound for who is not in it, Conflict for the last administrator.
    """
    require(scope, Permission.GROUP_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        held = list_memberships(scope, clock.now()).filter(group_id=group_id, user_id=user_id)
        memberships = [membership.id for membership in held]
        if not memberships:
            raise NotFound("This user is not in the group.")
        for membership_id in memberships:
            remove_member(scope, membership_id)


def _clean(display_name: str, description: str) -> tuple[str, str]:
    name = clean_line(display_name, "display_name", longest=256)
    return name, clean_line(description, "description", longest=1024, required=False)


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = Group.objects.in_scope(scope).filter(display_name__iexact=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A group with this name exists already.")


def _target(group: Group) -> Target:
    return Target("group", str(group.id), group.display_name)
