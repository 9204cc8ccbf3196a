"""Rules of a directory that hold whatever the action."""

from django.db.models import Q

from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force


def check_administrator_remains(scope: Scope) -> None:
    """Raise Conflict if nobody would be left who can administer the tenant, members only.

    Called at the end of an action's transaction, which the error then undoes.
    """
    now = clock.now()
    given = RoleAssignment.objects.in_scope(scope).filter(
        in_force(now), role__display_name=BuiltInRole.GLOBAL_ADMINISTRATOR, role__is_built_in=True
    )
    groups = given.filter(group_id__isnull=False).values("group_id")
    members = GroupMembership.objects.in_scope(scope).filter(in_force(now), group_id__in=groups)
    holders = Q(id__in=given.filter(user_id__isnull=False).values("user_id")) | Q(
        id__in=members.values("user_id")
    )
    users = User.objects.in_scope(scope).entering(now).filter(user_type=User.UserType.MEMBER)
    if not users.filter(holders).exists():
        raise Conflict("A tenant must keep at least one Global Administrator of its own.")
