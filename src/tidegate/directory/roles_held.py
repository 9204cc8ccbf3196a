"""The names of the roles that users hold, for lists of users of one tenant or of many."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from tidegate.directory.models import RoleAssignment, User
from tidegate.directory.models.dated import in_force

type UserKey = tuple[uuid.UUID, uuid.UUID]


def role_names_of(users: Iterable[User], at: datetime) -> dict[UserKey, list[str]]:
    """The names of roles in force at an instant, directly or through groups, by (tenant id, user id).

    Two statements, however many users.
    """
    people = list(users)
    ids, tenants = {user.id for user in people}, {user.tenant_id for user in people}
    given = RoleAssignment.objects.across_tenants().filter(in_force(at), tenant_id__in=tenants)
    directly = given.filter(user_id__in=ids).values_list("tenant_id", "user_id", "role__display_name")
    through = given.filter(in_force(at, "group__memberships__"), group__memberships__user_id__in=ids)
    held = through.values_list("tenant_id", "group__memberships__user_id", "role__display_name")
    names: dict[UserKey, set[str]] = defaultdict(set)
    for tenant_id, user_id, name in (*directly, *held):
        if user_id:
            names[tenant_id, user_id].add(name)
    return {key: sorted(found) for key, found in names.items()}
