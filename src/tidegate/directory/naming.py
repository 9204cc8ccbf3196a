"""What the people and groups of a tenant are called, where it is said who works on, or decides, something."""

import uuid
from collections.abc import Iterable

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.directory.models import Group, User


def names_of(scope: Scope | ManyScope, user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The display names of the tenants' users with these ids, also of those who have left.

    Whoever may see what somebody works on may see who that is, so no permission is asked for.
    """
    wanted = {user_id for user_id in user_ids if user_id}
    if not wanted:
        return {}
    users = User.objects.in_scope(scope).filter(id__in=wanted)
    return dict(users.values_list("id", "display_name"))


def group_names_of(scope: Scope, group_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The display names of the tenant's groups with these ids, likewise."""
    groups = Group.objects.in_scope(scope).filter(id__in={group_id for group_id in group_ids if group_id})
    return dict(groups.values_list("id", "display_name"))
